// The position that a photo's EXIF claims, read on the phone. Its own module: loaded when the first photo is taken.

import exifr from "../vendor/exifr.js";

/** {latitude, longitude} in degrees, or null when the photo names none (0,0 and what is out of range are none). */
export async function gps(bytes) {
  const found = await exifr.gps(bytes);
  const { latitude, longitude } = found ?? {};
  if (!Number.isFinite(latitude) || !Number.isFinite(longitude) || Math.abs(latitude) > 90 || Math.abs(longitude) > 180) return null;
  return latitude === 0 && longitude === 0 ? null : { latitude, longitude };
}

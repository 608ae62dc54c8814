// Makes a JPEG small enough for one bar of signal: at most 2048 px, EXIF kept. HEIC, PNG and WebP go as they are.

import { carry } from "./exif-carry.js";

const LONGEST = 2048, QUALITY = 0.82;

/** The bytes to send for a picked file (Uint8Array), read at once: Android can withdraw a picked file later. */
export async function prepare(file) {
  const original = new Uint8Array(await file.arrayBuffer());
  if (original[0] !== 0xff || original[1] !== 0xd8) return original;
  try {
    const picture = await createImageBitmap(new Blob([original], { type: "image/jpeg" }));
    const scale = LONGEST / Math.max(picture.width, picture.height);
    if (scale >= 1) { picture.close(); return original; }
    const canvas = Object.assign(document.createElement("canvas"), { width: Math.round(picture.width * scale), height: Math.round(picture.height * scale) });
    canvas.getContext("2d").drawImage(picture, 0, 0, canvas.width, canvas.height);
    picture.close();
    const blob = await new Promise((resolve) => canvas.toBlob(resolve, "image/jpeg", QUALITY));
    if (!blob) return original;
    const copy = carry(original, new Uint8Array(await blob.arrayBuffer()));
    return copy.length < original.length ? copy : original;
  } catch {
    return original; // what this phone cannot decode the server may
  }
}

/** SHA-256 of bytes in lower-case hexadecimal. */
export async function digest(bytes) {
  const hash = new Uint8Array(await crypto.subtle.digest("SHA-256", bytes));
  return [...hash].map((b) => b.toString(16).padStart(2, "0")).join("");
}

/** The type of a photo by its first bytes, or null for what is none that the server takes. */
export function typeOf(bytes) {
  const text = (from, to) => String.fromCharCode(...bytes.subarray(from, to));
  if (bytes[0] === 0xff && bytes[1] === 0xd8) return "image/jpeg";
  if (text(1, 4) === "PNG") return "image/png";
  if (text(0, 4) === "RIFF" && text(8, 12) === "WEBP") return "image/webp";
  if (text(4, 8) === "ftyp" && /^(heic|heix|hevc|hevx|heim|heis|mif1|msf1)$/.test(text(8, 12))) return "image/heic";
  return null;
}

const THUMB = 240; // pixels, longest side

/** A small JPEG of a photo for lists, or null where this phone cannot decode it (HEIC on Android, a damaged file). */
export async function thumbnail(bytes, type) {
  try {
    const picture = await createImageBitmap(new Blob([bytes], { type }));
    const scale = Math.min(1, THUMB / Math.max(picture.width, picture.height));
    const canvas = Object.assign(document.createElement("canvas"), { width: Math.max(1, Math.round(picture.width * scale)), height: Math.max(1, Math.round(picture.height * scale)) });
    canvas.getContext("2d").drawImage(picture, 0, 0, canvas.width, canvas.height);
    picture.close();
    const blob = await new Promise((resolve) => canvas.toBlob(resolve, "image/jpeg", 0.7));
    return blob && new Uint8Array(await blob.arrayBuffer());
  } catch {
    return null;
  }
}

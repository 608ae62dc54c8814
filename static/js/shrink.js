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

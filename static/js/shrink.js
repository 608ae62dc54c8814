// Makes a JPEG small enough for one bar of signal: at most 2048 px, EXIF kept. HEIC, PNG and WebP go as they are.

import { carry } from "./exif-carry.js";

const LONGEST = 2048, QUALITY = 0.82;

const THUMB = 240; // pixels, longest side, of the small copy for lists

/**
 * What to send for a photo and its small copy: {bytes, small}; `bytes` is the original itself where it cannot or need not be made smaller,
 * `small` null where this phone cannot decode it (HEIC on Android, a damaged file). The photo is decoded once.
 */
export async function prepare(original, type) {
  let picture = null;
  try {
    picture = await createImageBitmap(new Blob([original], { type }));
    const scale = LONGEST / Math.max(picture.width, picture.height);
    if (scale >= 1 || type !== "image/jpeg") return { bytes: original, small: await copyOf(picture, THUMB, 0.7) };
    const canvas = drawn(picture, LONGEST);
    const bytes = await jpeg(canvas, QUALITY);
    const copy = bytes ? carry(original, bytes) : original;
    return { bytes: copy.length < original.length ? copy : original, small: await copyOf(canvas, THUMB, 0.7) };
  } catch {
    return { bytes: original, small: null }; // what this phone cannot decode the server may
  } finally {
    picture?.close();
  }
}

/** A picture on a canvas of its own, its longest side at most `longest` pixels. */
function drawn(picture, longest) {
  const scale = Math.min(1, longest / Math.max(picture.width, picture.height));
  const canvas = Object.assign(document.createElement("canvas"), { width: Math.max(1, Math.round(picture.width * scale)), height: Math.max(1, Math.round(picture.height * scale)) });
  canvas.getContext("2d").drawImage(picture, 0, 0, canvas.width, canvas.height);
  return canvas;
}

const copyOf = (picture, longest, quality) => jpeg(drawn(picture, longest), quality);

async function jpeg(canvas, quality) {
  const blob = await new Promise((resolve) => canvas.toBlob(resolve, "image/jpeg", quality));
  return blob && new Uint8Array(await blob.arrayBuffer());
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

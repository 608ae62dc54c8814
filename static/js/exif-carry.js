// Carries the EXIF of a JPEG over to its shrunken copy: the APP1 segment as it is, with the orientation set to "upright",
// because the copy has been turned already. Source: Exif 2.32, JPEG segments and IFD0 tag 0x0112.

/** The bytes of the EXIF segment (marker and length included) of a JPEG, or null. */
export function exifSegment(bytes) {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (bytes.length < 4 || view.getUint16(0) !== 0xffd8) return null;
  for (let at = 2; at + 4 <= bytes.length && bytes[at] === 0xff;) {
    const marker = bytes[at + 1];
    if (marker === 0xda || marker === 0xd9) return null;
    const length = view.getUint16(at + 2);
    if (length < 2 || at + 2 + length > bytes.length) return null;
    if (marker === 0xe1 && String.fromCharCode(...bytes.subarray(at + 4, at + 10)) === "Exif\0\0") return bytes.slice(at, at + 2 + length);
    at += 2 + length;
  }
  return null;
}

/** The segment with orientation 1; unchanged where there is no such tag or the structure is damaged. */
export function upright(segment) {
  const copy = segment.slice();
  const view = new DataView(copy.buffer);
  const tiff = 10;
  try {
    const little = view.getUint16(tiff) === 0x4949;
    const ifd = tiff + view.getUint32(tiff + 4, little);
    const entries = view.getUint16(ifd, little);
    for (let n = 0; n < entries; n++) {
      const entry = ifd + 2 + n * 12;
      if (view.getUint16(entry, little) === 0x0112) view.setUint16(entry + 8, 1, little);
    }
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
    return segment;
  }
  return copy;
}

/** The copy with the original's EXIF directly after its first marker. */
export function carry(original, copy) {
  const segment = exifSegment(original);
  if (!segment) return copy;
  const joined = new Uint8Array(copy.length + segment.length);
  joined.set(copy.subarray(0, 2));
  joined.set(upright(segment), 2);
  joined.set(copy.subarray(2), 2 + segment.length);
  return joined;
}

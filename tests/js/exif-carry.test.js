// The EXIF of a photo survives shrinking, turned to "upright"; damaged structures lose nothing.

import assert from "node:assert/strict";
import { test } from "node:test";

import { carry, exifSegment, upright } from "../../static/js/exif-carry.js";

/** A JPEG with one EXIF segment whose only tag is the orientation, in the given byte order. */
function jpeg(orientation, little = true) {
  const tiff = new DataView(new ArrayBuffer(26));
  tiff.setUint16(0, little ? 0x4949 : 0x4d4d);
  tiff.setUint16(2, 42, little);
  tiff.setUint32(4, 8, little);
  tiff.setUint16(8, 1, little);
  tiff.setUint16(10, 0x0112, little);
  tiff.setUint16(12, 3, little);
  tiff.setUint32(14, 1, little);
  tiff.setUint16(18, orientation, little);
  const body = [...new TextEncoder().encode("Exif\0\0"), ...new Uint8Array(tiff.buffer)];
  return new Uint8Array([0xff, 0xd8, 0xff, 0xe0, 0, 4, 1, 2, 0xff, 0xe1, 0, body.length + 2, ...body, 0xff, 0xda, 0, 2, 9, 9, 0xff, 0xd9]);
}

const orientation = (segment) => new DataView(segment.buffer, segment.byteOffset).getUint16(10 + 18, segment[10] === 0x49);
const COPY = new Uint8Array([0xff, 0xd8, 0xff, 0xda, 0, 2, 5, 0xff, 0xd9]);

for (const little of [true, false]) {
  test(`the orientation becomes 1 and nothing else changes (${little ? "little" : "big"} endian)`, () => {
    const segment = exifSegment(jpeg(6, little));
    const turned = upright(segment);
    assert.equal(orientation(turned), 1);
    assert.equal(orientation(segment), 6);
    assert.equal([...turned].filter((b, n) => b !== segment[n]).length, 1);
  });
}

test("the copy carries the original's EXIF right after its first marker", () => {
  const joined = carry(jpeg(6), COPY);
  assert.deepEqual([...joined.subarray(0, 4)], [0xff, 0xd8, 0xff, 0xe1]);
  assert.equal(orientation(exifSegment(joined)), 1);
  assert.deepEqual([...joined.subarray(-7)], [...COPY.subarray(2)]);
});

test("without EXIF, or when it is cut off, the copy stays as it is", () => {
  assert.equal(exifSegment(COPY), null);
  assert.deepEqual(carry(COPY, COPY), COPY);
  for (let end = 0; end < 40; end++) assert.deepEqual(carry(jpeg(6).slice(0, end), COPY), COPY);
});

test("a tag table that points outside leaves the segment as it is", () => {
  const segment = exifSegment(jpeg(6));
  new DataView(segment.buffer).setUint32(14, 0xfffffff0, true);
  assert.equal(upright(segment), segment);
});

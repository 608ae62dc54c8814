// Unsent work as one file: what cannot be sent from this phone is brought in at the province or the centre. A ZIP without compression:
// manifest.json, messages/<id>.json (the sealed bytes) and photos/<sha256>. Sources: PKWARE APPNOTE 6.3, sections 4.3.7, 4.3.12, 4.3.16.

import { isOwed } from "./outbox.js";
import { items } from "./store.js";

const FORMAT = "samruat-unsent-1";
const CRC = new Uint32Array(256).map((_, n) => { for (let k = 0; k < 8; k++) n = n & 1 ? 0xedb88320 ^ (n >>> 1) : n >>> 1; return n; });

/** CRC-32 of bytes (ISO 3309), as ZIP wants it. */
export function crc32(bytes) {
  let crc = 0xffffffff;
  for (const byte of bytes) crc = CRC[(crc ^ byte) & 0xff] ^ (crc >>> 8);
  return (crc ^ 0xffffffff) >>> 0;
}

/** A ZIP of files [[name, Uint8Array]] that come one at a time, so that never more than one photo is in memory; resolves with a Blob. */
export async function zip(files) {
  const parts = [], directory = [];
  let offset = 0, count = 0;
  for await (const [name, bytes] of files) {
    const title = new TextEncoder().encode(name);
    const about = header(crc32(bytes), bytes.length, title.length);
    parts.push(new Blob([word(0x04034b50), about, new Uint8Array(2), title, bytes]));
    directory.push(word(0x02014b50), new Uint8Array([20, 0]), about, new Uint8Array(12), word(offset), title);
    offset += 4 + about.length + 2 + title.length + bytes.length;
    count += 1;
  }
  const size = directory.reduce((sum, part) => sum + part.length, 0);
  const end = new DataView(new ArrayBuffer(22));
  end.setUint32(0, 0x06054b50, true);
  end.setUint16(8, count, true);
  end.setUint16(10, count, true);
  end.setUint32(12, size, true);
  end.setUint32(16, offset, true);
  return new Blob([...parts, ...directory, end.buffer], { type: "application/zip" });
}

function word(number) {
  const view = new DataView(new ArrayBuffer(4));
  view.setUint32(0, number, true);
  return new Uint8Array(view.buffer);
}

// The 24 bytes that both headers share: version 2.0, UTF-8 names, stored, 1 January 1980, checksum, sizes, length of the name.
function header(crc, size, titleLength) {
  const view = new DataView(new ArrayBuffer(24));
  view.setUint16(0, 20, true);
  view.setUint16(2, 0x0800, true);
  view.setUint16(8, 0x0021, true);
  view.setUint32(10, crc, true);
  view.setUint32(14, size, true);
  view.setUint32(18, size, true);
  view.setUint16(22, titleLength, true);
  return new Uint8Array(view.buffer);
}

/** The files of everything that this phone still owes. */
export async function* unsentFiles(db, user) {
  const owed = (await items(db)).filter(isOwed);
  const manifest = { format: FORMAT, owner: user.uid, name: user.name, made_at: new Date().toISOString(), items: owed.map(({ id, sha256, kind, label }) => ({ id, sha256, kind, label })) };
  yield ["manifest.json", new TextEncoder().encode(JSON.stringify(manifest))];
  for (const item of owed) yield [`messages/${item.id}.json`, new Uint8Array(item.payload)];
  for (const sha256 of new Set(owed.flatMap((i) => i.photos.filter((p) => !p.sent).map((p) => p.sha256)))) {
    const photo = await db.get("photos", sha256);
    if (photo) yield [`photos/${sha256}`, new Uint8Array(photo.bytes)];
  }
}

/** Offers everything unsent as one file to save or share. Nothing is taken out of the outbox. */
export async function exportUnsent(db, user) {
  const blob = await zip(unsentFiles(db, user));
  const link = Object.assign(document.createElement("a"), { href: URL.createObjectURL(blob), download: `samruat-unsent-${new Date().toISOString().slice(0, 10)}.zip` });
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 60_000);
}

// How a photo comes into this phone's store: as it came, at once; then the smaller copy that is sent takes its place. In between the
// draft names one of the two, and whichever it names is there (static/js/drafts.js removes the other).

import { digest, prepare } from "./shrink.js";
import { keep, storeOf } from "./store.js";

// The buffer of exactly these bytes (a view may look at part of a larger one).
const whole = (bytes) => (bytes.byteLength === bytes.buffer.byteLength ? bytes.buffer : bytes.slice().buffer);

/** Keeps the bytes of a picked photo; resolves with their SHA-256 when they are on the disk. */
export async function keepAsItCame(uid, bytes, type) {
  const sha256 = await digest(bytes);
  const db = await storeOf(uid);
  await keep(db, ["photos", "thumbs"], async (store) => {
    if (await store("photos").count(sha256)) return; // the same photo of another form: it has its small copy already
    await store("photos").put({ sha256, bytes: whole(bytes), type });
    await store("thumbs").put({ sha256, bytes: null, size: bytes.length, at: Date.now(), raw: true });
  });
  return sha256;
}

/**
 * Makes the copy that is sent of a kept photo: at most 2048 px, EXIF kept; and the small one for lists. Resolves with the copy's
 * {sha256, bytes, undecoded}: the same photo where it cannot be made smaller. The original stays until drafts.js removes it.
 */
export async function keepSmaller(uid, before) {
  const db = await storeOf(uid);
  const kept = await db.get("photos", before);
  if (!kept) throw Object.assign(new Error(), { name: "NotFoundError" });
  const { type } = kept, original = new Uint8Array(kept.bytes);
  const thumb = await db.get("thumbs", before);
  if (thumb && !thumb.raw) return { sha256: before, bytes: original, undecoded: !thumb.bytes && type !== "image/heic" };
  const { bytes, small } = await prepare(original, type);
  const sha256 = bytes === original ? before : await digest(bytes);
  await keep(db, ["photos", "thumbs"], async (store) => {
    if (sha256 !== before) await store("photos").put({ sha256, bytes: whole(bytes), type });
    await store("thumbs").put({ sha256, bytes: small && whole(small), size: bytes.length, at: Date.now() });
  });
  return { sha256, bytes, undecoded: !small && type !== "image/heic" };
}

/** Removes a photo that cannot be sent at all. */
export async function drop(uid, sha256) {
  await keep(await storeOf(uid), ["photos", "thumbs"], async (store) => { await store("photos").delete(sha256); await store("thumbs").delete(sha256); });
}

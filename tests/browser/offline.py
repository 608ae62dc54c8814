"""What tests of the offline work do on a phone: queue records without a form, send, and compare the phone with the server's database."""

from __future__ import annotations

import time
from typing import Any

from tests.serving import Server, as_hex

MODULES = "const load = (name) => import(document.querySelector('script[type=module]').src.replace('app.js', name));"

QUEUE = """async ([count, photos, label]) => {
  LOAD
  const { queue } = await load('outbox.js'), { mine, keep } = await load('store.js'), { digest, prepare } = await load('shrink.js');
  const { db, user } = await mine();
  const made = [];
  for (let n = 0; n < count; n++) {
    const add = [];
    for (let p = 0; p < photos[n % photos.length]; p++) {
      const canvas = Object.assign(document.createElement('canvas'), { width: 320, height: 240 }), pen = canvas.getContext('2d');
      for (let k = 0; k < 40; k++) { pen.fillStyle = `rgb(${Math.random() * 255} ${Math.random() * 255} ${Math.random() * 255})`; pen.fillRect(Math.random() * 300, Math.random() * 220, 40, 40); }
      const bytes = new Uint8Array(await (await new Promise((done) => canvas.toBlob(done, 'image/jpeg', 0.8))).arrayBuffer());
      const sha256 = await digest(bytes), { small } = await prepare(bytes, 'image/jpeg');
      await keep(db, ['photos', 'thumbs'], async (store) => { await store('photos').put({ sha256, bytes: bytes.buffer, type: 'image/jpeg' }); await store('thumbs').put({ sha256, bytes: small.buffer, size: bytes.length }); });
      add.push({ sha256, kind: 'installation' });
    }
    const record_id = crypto.randomUUID();
    const answers = { install_point: `${label} ${n}`, owner_agency: 'เทศบาล', latitude: 6.4255 + Math.random() / 50, longitude: 101.8253 };
    const item = await queue({ kind: 'site', op: 'save', record_id, answers, photos: { add } }, { label: `${label} ${n}`, path: '/sites/new', site: record_id, answers, place: [answers.latitude, answers.longitude] }, null, user);
    made.push(item.id);
  }
  return made;
}""".replace("LOAD", MODULES)

DRAIN = "async () => { LOAD const { drain } = await load('outbox.js'); return await drain({ now: true }); }".replace("LOAD", MODULES)
STATE = """async () => { LOAD
  const { items, mine } = await load('store.js'); const { isOwed } = await load('outbox.js'); const { db } = await mine();
  return (await items(db)).map((i) => ({ id: i.id, sha256: i.sha256, state: i.state, owed: isOwed(i), photos: i.photos, receipt: i.receipt, record: i.record_id, reason: i.reason, tries: i.tries }));
}""".replace("LOAD", MODULES)


def ready(page: Any) -> None:
    page.wait_for_selector("html[data-ready]")


def controlled(page: Any) -> None:
    """Waits until the service worker is in charge and has kept everything."""
    ready(page)
    page.wait_for_function("() => navigator.serviceWorker.controller?.state === 'activated'", timeout=30_000)


def send_everything(pages: list[Any], seconds: float, reload_every: int = 0) -> list[dict[str, Any]]:
    """Sends from all pages in turn, as impatient people would, until nothing is owed or the time is over; the phone's state."""
    until = time.monotonic() + seconds
    turn = 0
    while True:
        for page in pages:
            turn += 1
            try:
                page.evaluate(DRAIN)
                if reload_every and turn % reload_every == 0:
                    page.reload()
                    ready(page)
            except Exception as error:  # a reload that met a fault
                if "net::" not in str(error) and "context" not in str(error) and "Failed to fetch" not in str(error) and "Timeout" not in str(error):
                    raise
                page.goto("about:blank")
                page.goto(page.context.pages[0].url if page is not page.context.pages[0] else page.server_url)
        state = pages[0].evaluate(STATE)
        if not any(i["owed"] for i in state) or time.monotonic() > until:
            return list(state)


def assert_all_there(server: Server, state: list[dict[str, Any]]) -> None:
    """Nothing lost, nothing twice, no false receipt, no photo missing or torn: the phone's outbox against the server's database and files."""
    import hashlib

    owed = [i for i in state if i["owed"]]
    why = [(i["state"], i["reason"], i["tries"], len(i["photos"])) for i in owed]
    assert not owed, f"{len(owed)} of {len(state)} still owed: {why}"
    assert_receipts_true(server, state)
    numbers = [i["receipt"]["receipt_no"] for i in state]
    assert len(set(numbers)) == len(state)
    records = [as_hex(row[0]) for row in server.query("SELECT id FROM site")]
    for item in state:
        assert records.count(item["record"]) == 1
        for photo in item["photos"]:
            assert hashlib.sha256(server.photo(photo["sha256"]).read_bytes()).hexdigest() == photo["sha256"]
            assert server.query("SELECT count(*) FROM photo WHERE sha256 = ? AND upload_id IS NOT NULL", photo["sha256"]) == [(1,)]


def assert_receipts_true(server: Server, state: list[dict[str, Any]]) -> None:
    """Whatever the phone counts as received is in the database, once, with the same content."""
    stored = [(as_hex(i), sha256) for i, sha256 in server.query("SELECT id, payload_sha256 FROM mutation")]
    for item in state:
        if item["state"] != "queued":
            assert stored.count((item["id"], item["sha256"])) == 1, item

// One tap on site: what the owner declared is there. It goes through the outbox, so that it is kept without a network as well.

import { drain, isOwed, queue } from "./outbox.js";
import { here, storeOf } from "./store.js";

const PATIENCE = 5_000; // ms that a person waits for the receipt before going on

export function start() {
  for (const form of document.querySelectorAll("form[data-confirm]")) {
    form.addEventListener("submit", (event) => {
      event.preventDefault();
      if (form.dataset.sending) return;
      form.dataset.sending = "yes";
      send(form).catch(() => form.submit()); // a phone that cannot keep anything: the plain post
    });
  }
}

async function send(form) {
  const user = await here();
  if (!user) throw new Error("nobody");
  const { confirm: kind, record, site, label } = form.dataset;
  const message = { kind, op: "confirm", record_id: record, answers: {}, photos: {} };
  const { id } = await queue(message, { label, path: location.pathname, parent: null, site, answers: {}, place: [] }, null, user);
  const db = await storeOf(user.uid);
  await Promise.race([navigator.onLine === false ? null : drain().catch(() => null), new Promise((resolve) => { setTimeout(resolve, PATIENCE); })]);
  const item = await db.get("outbox", id);
  location.assign(item && !isOwed(item) ? `${location.pathname}?saved=1` : `/waiting?kept=${id}`);
}

// The training drill: proves on this very phone, with ticks, that it is ready for the field. Each step is really done, none is taken
// on trust; a sealed practice message is kept offline, survives a restart, is sent, and its receipt checked. It is no record.

import { watch } from "./fixes.js";
import { isInstalled } from "./install.js";
import { reportDrill } from "./outbox.js";
import { digest, typeOf } from "./shrink.js";
import { keep, mine, remember, remembered, storeOf, here } from "./store.js";
import { text } from "./texts.js";

const STEPS = ["installed", "storage", "camera", "position", "saved_offline", "restarted", "sent", "receipt"];
const BOOT = Math.round(performance.timeOrigin); // another number after a restart of the page
let stop = null;

export async function start() {
  const page = document.querySelector("[data-drill]");
  const user = await here();
  if (!user) return;
  const state = { page, db: await storeOf(user.uid), done: (await remembered("drill")) ?? {} };
  page.querySelector("[data-drill-photo]").addEventListener("change", (event) => tryPhoto(state, event.target.files[0]));
  page.querySelector("[data-drill-position]").addEventListener("click", () => tryPosition(state));
  page.querySelector("[data-drill-storage]").addEventListener("click", () => tryStorage(state, true));
  page.querySelector("[data-drill-save]").addEventListener("click", () => saveOffline(state));
  page.querySelector("[data-drill-again]").addEventListener("click", async () => { await state.db.delete("meta", "practice"); state.done = {}; await remember("drill", {}); location.reload(); });
  window.addEventListener("online", () => goOn(state));
  window.addEventListener("offline", () => show(state));
  window.addEventListener("pagehide", () => stop?.());
  await tick(state, "installed", isInstalled());
  await tryStorage(state, false);
  await goOn(state);
}

async function tick(state, step, passed) {
  state.done = { ...state.done, [step]: Boolean(passed) };
  await remember("drill", state.done);
  show(state);
}

function show({ page, done }) {
  const next = STEPS.find((step) => !done[step]);
  for (const step of STEPS) {
    const row = page.querySelector(`[data-step="${step}"]`);
    row.classList.toggle("done", Boolean(done[step]));
    row.classList.toggle("next", step === next);
    row.querySelector("[data-tick]").textContent = done[step] ? text("passed") : text("open");
  }
  page.querySelector("[data-ready-phone]").hidden = Boolean(next);
  page.querySelector("[data-drill-save]").disabled = navigator.onLine !== false;
}

async function tryStorage(state, ask) {
  if (ask) await navigator.storage?.persist?.();
  const kept = await navigator.storage?.persisted?.().catch(() => false);
  await tick(state, "storage", kept === true || (isInstalled() && kept !== undefined));
}

async function tryPhoto(state, file) {
  if (!file) return;
  const bytes = await file.arrayBuffer().then((buffer) => new Uint8Array(buffer), () => null);
  await tick(state, "camera", Boolean(bytes && typeOf(bytes)));
}

function tryPosition(state) {
  const line = state.page.querySelector("[data-drill-fix]");
  line.textContent = text("locating");
  stop?.();
  stop = watch(({ coords }) => { line.textContent = text("fixed", Math.round(coords.accuracy)); stop?.(); tick(state, "position", true); }, (why) => { line.textContent = text(why); });
}

/** Keeps a practice message while there really is no network; what is written is read back. */
async function saveOffline(state) {
  if (navigator.onLine !== false) return;
  const payload = new TextEncoder().encode(JSON.stringify({ practice: true, at: new Date().toISOString() }));
  const practice = { id: crypto.randomUUID(), payload: payload.buffer, sha256: await digest(payload), boot: BOOT };
  await keep(state.db, ["meta"], (store) => store("meta").put(practice, "practice"));
  const back = await state.db.get("meta", "practice");
  await tick(state, "saved_offline", back?.sha256 === (await digest(new Uint8Array(back.payload))));
}

/** After a restart: the practice message is still there and whole. With a network: it is sent and its receipt checked. */
async function goOn(state) {
  const practice = await state.db.get("meta", "practice");
  if (practice && practice.boot !== BOOT && !state.done.restarted) await tick(state, "restarted", practice.sha256 === (await digest(new Uint8Array(practice.payload))));
  if (practice && state.done.restarted && navigator.onLine !== false && !state.done.receipt) await send(state, practice).catch(() => {});
  if (navigator.onLine !== false && Object.values(state.done).some(Boolean) && (await mine())) {
    await reportDrill(state.done).catch(() => {});
  }
  show(state);
}

async function send(state, practice) {
  const session = await (await fetch("/sync/session", { headers: { Accept: "application/json" }, redirect: "error" })).json();
  const answer = await fetch(`/sync/practice/${practice.id}`, { method: "PUT", body: practice.payload, headers: { "Content-Type": "application/json", "X-CSRFToken": session.csrf }, redirect: "error" });
  await tick(state, "sent", answer.status === 201);
  const receipt = await answer.json();
  await tick(state, "receipt", receipt.ok === true && receipt.mutation_id === practice.id && receipt.payload_sha256 === practice.sha256 && /^[A-Z2-7]{12}$/.test(receipt.receipt_no));
}

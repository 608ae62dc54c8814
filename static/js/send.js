// One press of "save": the form is checked, sealed into a message, kept on this phone, and then sent while the person waits a moment.
// Whether it was received or waits for a network, the next page says so.

import { collect, difference, mistakes, snapshot } from "./answers.js";
import { labelOf } from "./drafts.js";
import { drain, isOwed, queue } from "./outbox.js";
import { markStored, photoChanges, photosSettled, photoStates } from "./photos.js";
import { storeOf } from "./store.js";
import { errorText, text } from "./texts.js";

const PATIENCE = 5_000; // ms that a person waits for the receipt before going on

/** One press of "save": `draft` is what keepDrafts() gave, `submitter` the pressed button. */
export async function sendForm(form, user, draft, submitter) {
  try {
    const address = (await photosSettled(form)) && (await save(form, user, draft, submitter));
    if (address) location.assign(address);
    else delete form.dataset.sending;
  } catch (error) {
    draft.reopen();
    delete form.dataset.sending;
    showMistakes(form, [], text(error.code === "quota" ? "full" : "notKept"));
  }
}

/** Checks, seals, queues; returns the address to go on to, or null when something must be corrected. */
async function save(form, user, draft, submitter) {
  const answers = collect(form);
  if (submitter?.name && submitter.name === "status") answers.status = submitter.value;
  const before = form.dataset.mode === "new" ? null : draft.base;
  const changed = before && difference(answers, before);
  const wrong = mistakes(form, answers, changed);
  showMistakes(form, wrong);
  if (wrong.length) return null;
  const photos = photoChanges(form);
  const nothing = changed && !Object.keys(changed).length && !photos.add.length && !photos.change.length && !photos.remove.length;
  if (nothing) { await draft.close(); await forget(draft); return fill(form.dataset.done, form.elements.record_id.value); }
  const item = await queueForm(form, user, draft, changed ?? answers, answers, photos);
  form.dataset.then = submitter?.name === "then" ? submitter.value : "";
  const address = onward(form, await waitForReceipt(user, item.id), item);
  sentOnce(form, draft, item, answers);
  return address;
}

/** "Back" to this form and another press is an edit of what was just saved, not a second record; of a status, another observation. */
function sentOnce(form, draft, item, answers) {
  if (form.dataset.form === "update") {
    form.elements.record_id.value = crypto.randomUUID();
    return;
  }
  Object.assign(form.dataset, { mode: "again", editOf: item.id });
  Object.assign(draft, { base: answers, touched: false });
  markStored(form);
}

async function forget(draft) {
  await draft.db.delete("drafts", draft.id);
}

async function queueForm(form, user, draft, sent, answers, photos) {
  const kind = form.dataset.form, record_id = form.elements.record_id.value;
  const parent = form.dataset.parent ? { [form.dataset.parentKey]: form.dataset.parent } : {};
  const message = { kind, op: "save", record_id, answers: form.dataset.mode === "new" ? { ...sent, ...parent } : sent, photos, on_behalf: form.elements.on_behalf?.checked === true };
  if (form.dataset.mode === "edit") message.base = { epoch: form.dataset.epoch || null, rev: Number(form.elements.base_rev.value) };
  if (form.dataset.editOf) message.base_mutation = form.dataset.editOf;
  await draft.close();
  navigator.storage?.persist?.().catch(() => {}); // now there is something to lose: the right moment to ask
  return queue(message, {
    label: labelOf(form), path: form.dataset.again || location.pathname, parent: form.dataset.parent || null, site: form.dataset.site || form.dataset.parent || record_id,
    fields: snapshot(form), cards: photoStates(form), answers, place: [answers.latitude, answers.longitude].map(Number),
  }, draft.id, user);
}

/** Waits until the item and its photos are received, or for as long as a person would; resolves with the item as it then is. */
async function waitForReceipt(user, id) {
  const db = await storeOf(user.uid);
  const until = Date.now() + PATIENCE;
  const send = () => drain().catch(() => ({ state: "waiting" }));
  let sending = navigator.onLine === false ? null : send();
  while (sending && Date.now() < until) {
    await Promise.race([sending, new Promise((resolve) => setTimeout(resolve, until - Date.now()))]);
    const item = await db.get("outbox", id);
    if (!isOwed(item) || item.tries > 0) break;
    const outcome = await Promise.race([sending, Promise.resolve(null)]);
    if (outcome?.state === "busy") { // another page is sending: look again soon
      await new Promise((resolve) => setTimeout(resolve, 250));
      sending = send();
    } else if (outcome) break;
  }
  return db.get("outbox", id);
}

const fill = (address, record) => address.replaceAll("{record}", record);

/** Where to go on: the record's own page when the server has it, otherwise the next form or the list of what waits. */
function onward(form, item, queued) {
  const received = item && item.state !== "queued";
  const another = form.dataset.then === "another";
  if (received && !isOwed(item)) {
    const address = fill(another ? form.dataset.another : form.dataset.done, queued.record_id);
    return item.receipt.conflicts.length ? withQuery(address, `conflict=${queued.id}`) : withQuery(address, "saved=1");
  }
  return another ? withQuery(fill(form.dataset.another, queued.record_id), `kept=${queued.id}`) : `/waiting?kept=${queued.id}`;
}

function withQuery(address, query) {
  const [path, place] = address.split("#");
  return `${path}${path.includes("?") ? "&" : "?"}${query}${place ? `#${place}` : ""}`;
}

/** Shows each mistake at its question and all of them above the form, as the server's own page does. */
export function showMistakes(form, found, sentence = "") {
  for (const old of form.querySelectorAll("[data-mistake]")) old.remove();
  for (const block of form.querySelectorAll(".wrong")) block.classList.remove("wrong");
  for (const control of form.querySelectorAll("[aria-invalid]")) control.removeAttribute("aria-invalid");
  document.querySelector(".error-summary")?.remove();
  if (!found.length && !sentence) return;
  const summary = document.getElementById("error-summary").content.firstElementChild.cloneNode(true);
  if (sentence) summary.querySelector("h2").textContent = sentence;
  for (const { name, code, ...params } of found) {
    const block = name === "latitude" ? form.querySelector("[data-position]") : form.querySelector(`[data-question="${name}"]`);
    const said = errorText(code, params);
    const label = ["required", "choose", "position_needed"].includes(code) ? said : `${block?.dataset.label ?? ""}: ${said}`;
    const link = Object.assign(document.createElement("a"), { href: name === "latitude" ? "#position" : `#q-${name}`, textContent: label });
    summary.querySelector("ul").append(Object.assign(document.createElement("li"), {}));
    summary.querySelector("ul").lastElementChild.append(link);
    mark(block, said);
  }
  form.before(summary);
  summary.focus();
  summary.scrollIntoView({ block: "start" });
}

function mark(block, said) {
  if (!block) return;
  block.classList.add("wrong");
  const section = block.closest("details");
  if (section) section.open = true;
  const line = Object.assign(document.createElement("p"), { className: "error", textContent: said });
  line.dataset.mistake = "";
  (block.querySelector(".hint") ?? block.firstElementChild).after(line);
  block.querySelector("input:not([type=hidden]), select, textarea")?.setAttribute("aria-invalid", "true");
}


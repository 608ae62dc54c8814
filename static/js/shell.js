// A kept page is the same for everybody and holds no name and no token. This fills in what the phone itself knows: whose form it is,
// to which site or camera the address belongs, what stands there already.

import { restore } from "./answers.js";
import { mine } from "./store.js";
import { text } from "./texts.js";

const ID = "([0-9a-f-]{36})";
const RECORDERS = ["centre_admin", "province_admin", "agency", "surveyor"];
const show = (selector, words) => { for (const part of document.querySelectorAll(selector)) { part.textContent = words; part.hidden = !words; } };

/** Fills in the page at hand. What the phone does not know is asked of the server, where there is a network. */
export async function fillShell() {
  if (/^(manual|welcome)/.test(document.documentElement.dataset.shell)) return; // the same for everybody
  const form = document.querySelector("[data-form]");
  const who = await mine().catch(() => null);
  if (!who && document.documentElement.dataset.shell !== "help") { // nobody is known here (yet): the server knows, or asks to log in
    if (form) form.hidden = true;
    askServer();
  }
  if (who && !RECORDERS.includes(who.user.role)) { // whoever only reads is not offered what the server would refuse
    for (const part of document.querySelectorAll("[data-form], .big-buttons")) part.hidden = true;
    askServer();
  }
  if (form) await fillForm(form, who);
  else if (document.documentElement.dataset.shell === "record" && who) await fillRecord(who.db);
}

async function fillForm(form, who) {
  form.elements.record_id.value = crypto.randomUUID();
  form.elements.owner.value = who?.user.uid ?? "";
  const path = location.pathname;
  const edited = new RegExp(`^/(sites|cameras|points)/${ID}/edit$`).exec(path);
  const added = new RegExp(`^/sites/${ID}/cameras/new$`).exec(path), observed = new RegExp(`^/cameras/${ID}/status$`).exec(path);
  form.dataset.done = { site: "/sites/{record}", point: "/points/{record}", report: "/reports/{record}" }[form.dataset.form] ?? "/";
  if (!who) return;
  if (edited) await fillEdit(form, who.db, edited[1], edited[2]);
  if (added) await fillCamera(form, who.db, added[1]);
  if (observed) await fillStatus(form, who.db, observed[1]);
}

/** Goes to the server's own page for what this phone does not know; without a network the form stands as it is. */
function askServer() {
  if (navigator.onLine === false || new URL(location.href).searchParams.has("server")) return;
  const address = new URL(location.href);
  address.searchParams.set("server", "1");
  location.replace(address);
}

async function fillEdit(form, db, kind, id) {
  const { known, packageInfo } = await import("./package.js");
  const record = await known(db, kind, id);
  for (const part of document.querySelectorAll("[data-for-new]")) part.hidden = true;
  show("[data-heading-edit]", document.querySelector("[data-heading-edit]")?.dataset.headingEdit ?? "");
  if (!record) {
    document.querySelector("[data-unknown]")?.removeAttribute("hidden");
    form.hidden = true;
    return;
  }
  if (!["draft", "edit"].some((name) => new URL(location.href).searchParams.has(name))) leaveOutPrivate(form, record);
  if (record.coarse) form.querySelector("[data-position]")?.remove();
  form.elements.record_id.value = id;
  form.dataset.mode = record.item ? "again" : "edit"; // one's own newer message is what this edit starts from
  if (record.item) form.dataset.editOf = record.item;
  form.dataset.site = record.site ?? id;
  form.dataset.done = `/${kind}/{record}`;
  form.elements.base_rev.value = record.rev ?? "";
  form.dataset.epoch = (await packageInfo(db))?.epoch ?? "";
  restore(form, pairsOf(record));
  if (record.answers.latitude && record.answers.longitude && form.querySelector("[data-position]")) {
    const { formatPosition } = await import("./coordinates.js");
    form.elements.position.value = formatPosition(Number(record.answers.latitude), Number(record.answers.longitude));
  }
}

/** Contact persons and the like are not on this phone: an edit leaves them, and that nobody knows them, as they are. */
function leaveOutPrivate(form, record) {
  for (const block of form.querySelectorAll("[data-private]")) {
    if ((record.not_known ?? record.answers.not_known ?? []).includes(block.dataset.question)) {
      form.append(Object.assign(document.createElement("input"), { type: "checkbox", name: "not_known", value: block.dataset.question, checked: true, hidden: true }));
    }
    block.remove();
  }
}

/** A record's answers as [name, value] pairs of its form. */
export function pairsOf(record) {
  const pairs = Object.entries(record.answers).flatMap(([name, value]) => {
    if (Array.isArray(value)) return value.map((one) => [name, one]);
    if (value && typeof value === "object") return [[name, value.value], [`${name}_per`, value.per]];
    return [[name, value]];
  });
  return [...pairs.filter(([name]) => name !== "not_known"), ...(record.not_known ?? record.answers.not_known ?? []).map((name) => ["not_known", name])];
}

async function fillCamera(form, db, siteId) {
  const { camerasOf, known } = await import("./package.js");
  const site = await known(db, "sites", siteId);
  if (!site) askServer();
  Object.assign(form.dataset, { parent: siteId, parentKey: "site_id", site: siteId, done: `/sites/${siteId}`, another: location.pathname });
  show("[data-site-name]", site?.answers.install_point ?? "");
  const back = document.querySelector("[data-back]");
  if (back) back.href = `/sites/${siteId}`;
  if (site?.answers.restricted === "yes") {
    document.querySelector("[data-restricted]")?.removeAttribute("hidden");
    document.getElementById("photos")?.remove();
  }
  const others = await camerasOf(db, siteId);
  show("[data-camera-number]", String(others.length + 1));
  const last = others.at(-1);
  const carried = last ? pairsOf(last).filter(([name]) => form.querySelector(`[data-question="${name}"][data-carry]`)) : [];
  if (carried.length) {
    restore(form, carried);
    document.querySelector("[data-carried]")?.removeAttribute("hidden");
  }
}

async function fillStatus(form, db, cameraId) {
  const { known } = await import("./package.js");
  const camera = await known(db, "cameras", cameraId);
  if (!camera) askServer();
  const site = camera?.site ? await known(db, "sites", camera.site) : null;
  Object.assign(form.dataset, { parent: cameraId, parentKey: "camera_id", site: camera?.site ?? cameraId, done: `/cameras/${cameraId}`, label: camera?.answers.label ?? "" });
  if (camera?.answers.label) show("h1", camera.answers.label);
  show("[data-site-name]", site?.answers.install_point ?? "");
  const back = document.querySelector("[data-back]");
  if (back) back.href = camera?.site ? `/sites/${camera.site}` : "/near";
  if (site?.answers.restricted === "yes") document.getElementById("photos")?.remove();
  document.querySelector("[data-before]")?.replaceChildren(conditionOf(camera?.answers.status));
}

/** The picture and word of a camera's condition, from the page's templates. */
export function conditionOf(code) {
  const template = document.querySelector(`template[data-condition="${code}"]`) ?? document.querySelector('template[data-condition="not_verified"]');
  return template?.content.cloneNode(true) ?? "";
}

/** A site, camera or point as far as this phone knows it. */
async function fillRecord(db) {
  const [, kind, id] = new RegExp(`^/(sites|cameras|points)/${ID}$`).exec(location.pathname) ?? [];
  const { camerasOf, known } = await import("./package.js");
  const record = kind ? await known(db, kind, id) : null;
  if (!record) { document.querySelector("[data-unknown]")?.removeAttribute("hidden"); return; }
  const site = kind === "cameras" ? await known(db, "sites", record.site) : record;
  show("h1", record.answers.label ?? record.answers.install_point ?? record.answers.location ?? text("camera"));
  show("[data-site-name]", kind === "cameras" ? site?.answers.install_point ?? "" : "");
  for (const part of document.querySelectorAll("[data-only]")) part.hidden = part.dataset.only !== kind;
  if (record.returned) {
    document.querySelector("[data-returned]").hidden = false;
    document.querySelector("[data-note]").textContent = record.note ?? "";
  }
  const links = { sites: { edit: `/sites/${id}/edit`, add: `/sites/${id}/cameras/new` }, cameras: { edit: `/cameras/${id}/edit`, status: `/cameras/${id}/status`, site: `/sites/${record.site}` }, points: { edit: `/points/${id}/edit` } }[kind];
  for (const [name, address] of Object.entries(links)) for (const link of document.querySelectorAll(`[data-link="${name}"]`)) { link.href = address; link.hidden = false; }
  if (kind === "cameras") document.querySelector("[data-before]")?.replaceChildren(conditionOf(record.answers.status));
  if (kind === "sites") {
    const list = document.querySelector("[data-cameras]");
    const { cameraRow } = await import("./near.js");
    for (const camera of await camerasOf(db, id)) list.append(cameraRow(camera));
  }
}

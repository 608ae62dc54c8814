// A record's form: questions that depend on others, progress through the sections, areas within areas, one press of "send".

import { keepDrafts, withPhotos } from "./drafts.js";
import { here, mine } from "./store.js";
import { text } from "./texts.js";

export async function start() {
  for (const form of document.querySelectorAll("[data-form]")) {
    const refresh = () => { showAsked(form); showProgress(form); };
    form.addEventListener("input", refresh);
    form.addEventListener("change", (event) => { refresh(); takeBack(event.target.closest(".wrong")); if (event.target.dataset.area) fillBelow(form, event.target); });
    document.addEventListener("samruat:area", (event) => setArea(form, event.detail));
    document.addEventListener("samruat:position", () => takeBack(form.querySelector("[data-position].wrong")));
    document.addEventListener("samruat:photos", refresh);
    openLinkedErrors(form);
    refresh();
    await startKeeping(form);
    refresh();
  }
}

/** From here on every change is kept on this phone; a browser that cannot keep anything posts the form as it is. */
async function startKeeping(form) {
  try {
    const user = await here();
    if (!user && document.documentElement.dataset.shell) return; // static/js/shell.js says what to do
    if (!user || !globalThis.crypto?.subtle) throw new Error("nowhere to keep anything");
    const draft = await keepDrafts(form, user);
    sendOnSubmit(form, user, draft);
    document.documentElement.dataset.usable = "yes"; // what is typed from now on is kept; photos and sending load meanwhile
    const photos = await import("./photos.js");
    await photos.startPhotos(user);
    await withPhotos(draft, photos);
    if (form.dataset.form === "site" && form.dataset.mode === "new") await (await import("./duplicates.js")).warnOfDuplicates(form, user);
    await import("./send.js");
  } catch (error) {
    console.info("nothing can be kept on this phone:", error);
    (await import("./photos.js")).startPlain();
    if (document.documentElement.dataset.shell) document.querySelector("[data-no-keeping]")?.removeAttribute("hidden");
    form.addEventListener("submit", (event) => postOnce(form, event));
  }
}

/** The answer to a question as codes: [""] when it is open. */
export function given(form, name) {
  const controls = [...form.querySelectorAll(`[name="${name}"]`)].filter((c) => c.type !== "hidden");
  const values = controls.filter((c) => (c.type === "radio" || c.type === "checkbox" ? c.checked : true)).map((c) => c.value).filter(Boolean);
  return values.length ? values : [""];
}

function showAsked(form) {
  for (let round = 0; round < 3; round++) {
    for (const block of form.querySelectorAll("[data-show-if]")) {
      const asked = Object.entries(JSON.parse(block.dataset.showIf)).every(([name, codes]) => given(form, name).some((v) => codes.includes(v)));
      block.hidden = !asked;
      for (const control of block.querySelectorAll("input, select, textarea")) control.disabled = !asked;
    }
  }
}

/** What was wrong with an answer is not said any longer when it has been changed; "send" looks again. */
function takeBack(block) {
  if (!block) return;
  block.classList.remove("wrong");
  for (const line of block.querySelectorAll(":scope > .error, [data-mistake]")) line.remove();
  for (const control of block.querySelectorAll("[aria-invalid]")) control.removeAttribute("aria-invalid");
  const summary = document.querySelector(".error-summary");
  for (const link of summary?.querySelectorAll("li a") ?? []) if (block.contains(document.getElementById(link.hash.slice(1)))) link.closest("li").remove();
  if (summary && !summary.querySelector("li")) summary.remove();
}

function isAnswered(block) {
  if (block.querySelector('[name="not_known"]:checked')) return true;
  const controls = [...block.querySelectorAll("input, select, textarea")].filter((c) => c.name !== "not_known" && c.type !== "hidden" && c.type !== "file" && !c.name.endsWith("_per"));
  return controls.some((c) => (c.type === "radio" || c.type === "checkbox" ? c.checked && c.value : c.value.trim()));
}

function showProgress(form) {
  let answered = 0, asked = 0;
  for (const section of form.querySelectorAll("[data-section]")) {
    const blocks = [...section.querySelectorAll("[data-question], [data-position]")].filter((b) => !b.hidden);
    const done = blocks.filter(isAnswered).length;
    const tally = section.querySelector("[data-tally]");
    tally.textContent = `${done}/${blocks.length}`;
    tally.classList.toggle("done", done === blocks.length);
    const counted = blocks.filter((b) => "guideline" in b.dataset);
    asked += counted.length;
    answered += counted.filter(isAnswered).length;
  }
  const bar = form.querySelector("[data-progress]");
  if (bar && asked) {
    bar.max = asked;
    bar.value = answered;
    form.querySelector("[data-progress-text]").textContent = text("answered", answered, asked);
  }
}

const BELOW = { province: "district", district: "subdistrict" };

/** Loads the districts of a province or the subdistricts of a district. */
async function fillBelow(form, select, chosen = "") {
  const below = BELOW[select.dataset.area];
  const target = below && form.querySelector(`select[data-area="${below}"]`);
  if (!target) return;
  target.replaceChildren(new Option(text("chooseOne"), ""));
  if (BELOW[below]) form.querySelector(`select[data-area="${BELOW[below]}"]`)?.replaceChildren(new Option(text("chooseOne"), ""));
  if (!select.value) return;
  for (const [code, name] of await placesIn(select.value)) target.add(new Option(name, code, false, code === chosen));
}

/** The places of a province or district as [code, name]: of the server, or those of the person's own area that this phone knows. */
async function placesIn(code) {
  try {
    if (navigator.onLine === false) throw new Error("no network");
    return (await (await fetch(`/places/in/${code}`, { headers: { Accept: "application/json" } })).json()).places ?? [];
  } catch {
    const who = await mine().catch(() => null);
    return who ? (await import("./package.js")).areasIn(who.db, code, document.documentElement.lang) : []; // else the server fills it in from the position
  }
}

/** Fills in province, district and subdistrict that belong to a position. */
async function setArea(form, area) {
  for (const name of ["province", "district", "subdistrict"]) {
    const select = form.querySelector(`select[data-area="${name}"]`);
    if (!select || !area[name]) return;
    select.value = area[name];
    await fillBelow(form, select, area[BELOW[name]]);
  }
  showProgress(form);
}

function sendOnSubmit(form, user, draft) {
  if (form.dataset.form === "update") { // "go" on the keyboard must not press the first verdict
    form.addEventListener("keydown", (event) => { if (event.key === "Enter" && event.target.matches("input")) event.preventDefault(); });
  }
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    if (form.dataset.sending) return;
    form.dataset.sending = "yes";
    const { submitter } = event;
    try {
      const { sendForm } = await import("./send.js");
      await sendForm(form, user, draft, submitter);
    } catch { // the script itself did not arrive: the draft is safe, and the button works again
      delete form.dataset.sending;
      form.querySelector("[data-draft-state]")?.replaceChildren(text("notKept"));
    }
  });
  window.addEventListener("pageshow", () => { delete form.dataset.sending; draft.reopen(); });
}

/** Without a place to keep anything on this phone the form is posted as it is, once. */
function postOnce(form, event) {
  if (form.dataset.sending) { event.preventDefault(); return; }
  form.dataset.sending = "yes";
  const pressed = event.submitter;
  setTimeout(() => { // after the browser has read the form, the pressed button's name and value included
    for (const button of form.querySelectorAll("button[type=submit], button:not([type])")) button.disabled = true;
    if (pressed?.classList.contains("button")) pressed.textContent = text("sending");
  });
  window.addEventListener("pageshow", () => {
    delete form.dataset.sending;
    for (const button of form.querySelectorAll("button[disabled]")) button.disabled = false;
  });
}

function openLinkedErrors(form) {
  document.addEventListener("click", (event) => {
    const link = event.target.closest('.error-summary a[href^="#"]');
    const target = link && document.getElementById(link.hash.slice(1));
    if (!target) return;
    event.preventDefault();
    const section = target.closest("details");
    if (section) section.open = true;
    (target.closest(".question") ?? target).scrollIntoView({ block: "center" });
    (target.matches("input, select, textarea") ? target : target.querySelector("input:not([type=hidden]), select, textarea"))?.focus();
  });
}

// The manual on this phone: a chapter that was opened is kept with its pictures, all of them with one press, one's own when the app is
// installed; the home page of who is not logged in likewise ("welcome"). What is kept are the pages without user and token (/shell/manual…), in a cache of their own that outlives the app's versions.

import { isInstalled } from "./install.js";
import { remember, remembered } from "./store.js";
import { text } from "./texts.js";

const CACHE = "manual";
const BUILD = new URL(import.meta.url).pathname.split("/")[2];
const CHAPTER = { surveyor: "surveyor", agency: "agency", province_admin: "province" };
const PICTURE = /src="(\/manual\/pictures\/[^"]+)"/g;
const address = (chapter, language) => `/shell/${["manual", chapter].filter(Boolean).join("/").replace("manual/welcome", "welcome")}${language === "en" ? "?language=en" : ""}`;

export async function start() {
  const part = document.querySelector("[data-manual]"), button = part.querySelector("[data-keep-manual]"), state = part.querySelector("[data-manual-state]");
  if (!("caches" in window) || !navigator.serviceWorker) return;
  const { manual: chapter, language } = part.dataset, chapters = part.dataset.chapters.split(" ");
  const held = async () => (await Promise.all(chapters.map(async (one) => (await caches.open(CACHE)).match(address(one, language))))).every(Boolean);
  const show = async () => {
    const all = await held();
    button.hidden = all;
    state.textContent = all ? text("manualKept") : chapter ? text("chapterKept") : "";
  };
  button.onclick = async () => {
    state.textContent = text("manualKeeping");
    await keep(["", ...chapters].map((one) => address(one, language))).then(show, () => { state.textContent = text("manualFailed"); });
  };
  button.hidden = false;
  if (navigator.onLine !== false && !document.documentElement.dataset.shell) await keep([...new Set([chapter === "welcome" ? chapter : "", chapter])].map((one) => address(one, language))).then(show, () => {});
  else if (chapter) await show();
}

/** Keeps pages with their pictures; a page is kept last, so that a kept one is whole. Throws when the network fails. */
export async function keep(pages) {
  const cache = await caches.open(CACHE);
  for (const page of pages) {
    const answer = await fetch(page, { credentials: "omit", cache: "no-cache" });
    if (!answer.ok || answer.redirected) throw new Error(`${page}: ${answer.status}`);
    const words = await answer.clone().text();
    for (const [, picture] of words.matchAll(PICTURE)) if (!(await cache.match(picture))) await cache.add(new Request(picture, { credentials: "omit" }));
    await cache.put(page, answer);
  }
  await leaveOut(cache);
}

/** Pictures that no kept page names any more go. */
async function leaveOut(cache) {
  const kept = await cache.keys(), named = new Set();
  for (const request of kept) {
    if (request.url.includes("/shell/")) for (const [, picture] of (await (await cache.match(request)).text()).matchAll(PICTURE)) named.add(picture);
  }
  for (const request of kept) if (!request.url.includes("/shell/") && !named.has(new URL(request.url).pathname)) await cache.delete(request);
}

/** After a new version, and once when the app was installed: what is kept is fetched again, and the chapter of one's role comes along. */
export async function upToDate(user) {
  const now = `${BUILD} ${isInstalled()}`;
  if (!isInstalled() && !(await caches.has(CACHE))) return; // nothing was kept
  if (navigator.onLine === false || navigator.connection?.saveData || (await remembered("manual")) === now) return;
  const pages = new Set((await (await caches.open(CACHE)).keys()).map((request) => new URL(request.url)).filter((url) => url.pathname.startsWith("/shell/")).map((url) => url.pathname + url.search));
  if (isInstalled()) for (const chapter of ["", CHAPTER[user?.role] ?? (user ? "centre" : "surveyor")]) pages.add(address(chapter, document.documentElement.lang));
  await keep([...pages]);
  await remember("manual", now);
}

// What every page does for the phone once it can be used: sends what waits, shows how much that is, keeps the app's files for
// offline, tells when there is a new version, and forgets a person who logs out.

import { drain, isOwed, waiting } from "./outbox.js";
import { here, items, listen, mine, remember, remembered, storeOf, tell } from "./store.js";
import { inApp } from "./install.js";
import { packageInfo, refresh } from "./package.js";
import { text } from "./texts.js";

const EVERY = 60_000; // ms between tries while something waits
let timer = null;
let loggingOut = false; // this page goes to the log-in page by itself, when the server has been told

/** Starts all of it. Nothing here may break the page: a browser that keeps nothing still shows it. */
export async function start() {
  try {
    warnInApp();
    if (await finishLogOut()) return;
    const user = await here();
    showWho(user);
    logOutCleanly();
    keepFiles().catch(() => {}); // a browser without module workers still sends while a page is open
    if (navigator.serviceWorker?.controller && !document.querySelector("[data-form]")) import("./manual.js").then((manual) => manual.upToDate(user)).catch(() => {});
    if (!user) return;
    await remember("language", document.documentElement.lang);
    await showCount();
    listen((what) => { if (what === "outbox") showCount(); if (what === "user") leaveOther(user); });
    window.addEventListener("pageshow", (event) => { if (event.persisted) leaveOther(user).then(send); });
    for (const [target, event] of [[window, "online"], [document, "visibilitychange"]]) target.addEventListener(event, () => { if (document.visibilityState === "visible") send(); });
    send();
    if (!document.querySelector("[data-form]") || !(await packageInfo((await mine()).db))) refreshPackage();
  } catch (error) {
    console.info("nothing can be kept on this phone:", error?.stack);
  }
}

/** Sends what is due and comes back when the next item is. */
async function send() {
  clearTimeout(timer);
  const outcome = await drain().catch(() => ({ next: EVERY }));
  await showCount();
  if (outcome.next !== null || outcome.state === "busy") timer = setTimeout(send, Math.min(EVERY, Math.max(1_000, outcome.next ?? EVERY)));
}

/** A page of somebody who is not the one on this phone any more shows nothing of theirs; an open form stays, and is kept for its author. */
async function leaveOther(user) {
  const now = await remembered("user");
  if (!loggingOut && now?.uid !== user.uid && !document.querySelector("[data-form]")) location.reload();
}

async function refreshPackage() {
  if (navigator.onLine === false || !(await mine())) return;
  await refresh().catch(() => {});
}

/** The number of waiting items, on every page and on the app's icon, and what holds them up. */
async function showCount() {
  const who = await mine();
  const chip = document.querySelector("[data-waiting-count]");
  if (!chip) return;
  const owed = who ? (await items(who.db)).filter(isOwed) : [];
  const count = owed.length;
  await showTrouble(who, owed);
  if (chip.querySelector("b").textContent === String(count) && chip.hidden === !count) return;
  chip.hidden = !count;
  chip.querySelector("b").textContent = count;
  chip.setAttribute("aria-label", text("waitingCount", count));
  try {
    await (count ? navigator.setAppBadge?.(count) : navigator.clearAppBadge?.());
  } catch { /* not where badges are forbidden */ }
}

async function showTrouble(who, owed) {
  const bar = document.querySelector("[data-trouble]");
  if (!bar) return;
  const count = owed.length;
  const state = count ? await who.db.get("meta", "session_state") : "ok";
  const sentence = { login: text("loginToSend", count), disabled: text("accountDisabled", count), other: text("otherLoggedIn", count) }[state] ?? "";
  const broken = owed.filter((i) => i.attention).length;
  bar.hidden = !sentence && !broken;
  bar.querySelector("span").textContent = sentence || text("needAttention", broken);
  const link = bar.querySelector("a");
  link.href = state === "login" || state === "other" ? `/login?next=${encodeURIComponent("/waiting")}` : "/waiting";
  link.textContent = text(state === "login" || state === "other" ? "logIn" : "look");
}

/** Inside LINE or Facebook nothing can be kept: the way out is shown on every page (LINE understands its own parameter). */
function warnInApp() {
  const notice = document.querySelector("[data-in-app]");
  if (!notice || !inApp()) return;
  const address = new URL(location.href);
  address.searchParams.set("openExternalBrowser", "1");
  notice.querySelector("a").href = inApp() === "line" ? address : `intent://${location.host}${location.pathname}#Intent;scheme=${location.protocol.slice(0, -1)};end`;
  notice.querySelector("a").hidden = inApp() !== "line" && !/Android/.test(navigator.userAgent);
  notice.hidden = false;
}

function showWho(user) {
  for (const line of document.querySelectorAll("[data-who]")) line.textContent = user?.name ?? "";
  for (const part of document.querySelectorAll("[data-not-for]")) part.hidden = user?.role === part.dataset.notFor;
  for (const part of document.querySelectorAll("[data-nobody]")) part.hidden = Boolean(user);
}

/** Logging out hides everything on this phone at once, also without a network; the work package goes, unsent work stays for its author. */
function logOutCleanly() {
  for (const form of document.querySelectorAll('form[action$="/logout"]')) {
    form.addEventListener("submit", async (event) => {
      event.preventDefault();
      const who = await mine();
      const { count } = who ? await waiting(who.db) : { count: 0 };
      if (count && !window.confirm(text("logOutWithWaiting", count))) return;
      const uid = who?.user.uid;
      const fields = new FormData(form); // with its token
      loggingOut = true;
      await forget();
      await remember("logged_out", uid);
      const done = await fetch(form.action, { method: "POST", body: fields, redirect: "manual" }).then((answer) => answer.type === "opaqueredirect" || answer.ok, () => false);
      if (done) await remember("logged_out", undefined);
      location.assign(done ? "/login" : "/"); // without a network: the server is told at the next contact
    });
  }
}

/** Who logged out without a network is logged out on the server now, before their page shows anything. */
async function finishLogOut() {
  const uid = await remembered("logged_out");
  const said = document.querySelector('meta[name="user"]')?.content;
  document.querySelector('form[action$="/login"]')?.addEventListener("submit", () => { remember("logged_out", undefined); });
  if (!uid || !said || JSON.parse(said).uid !== uid) return false;
  const session = await (await fetch("/sync/session", { headers: { Accept: "application/json" } })).json();
  await fetch("/logout", { method: "POST", headers: { "X-CSRFToken": session.csrf }, redirect: "manual" });
  await forget();
  await remember("logged_out", undefined);
  location.replace("/login");
  return true;
}

/** Forgets who uses this phone, with the work package. */
export async function forget() {
  const user = await remembered("user");
  if (user) {
    const db = await storeOf(user.uid);
    await Promise.all(["sites", "cameras", "points"].map((store) => db.clear(store)));
    await db.delete("meta", "package");
  }
  await remember("user", undefined);
  tell("user");
}

/** Registers the service worker, and offers a new version when no form is open: one tap switches. */
async function keepFiles() {
  if (!("serviceWorker" in navigator)) return;
  const hadOne = Boolean(navigator.serviceWorker.controller);
  const registration = await navigator.serviceWorker.register("/service-worker.js", { type: "module" });
  navigator.serviceWorker.ready.then(({ active }) => { // this page came while the worker was taking over, and was overlooked
    if (!navigator.serviceWorker.controller) active.postMessage("claim");
  });
  const offer = () => { if (registration.waiting && hadOne) offerVersion(registration); };
  offer();
  registration.addEventListener("updatefound", () => {
    const coming = registration.installing;
    coming?.addEventListener("statechange", () => { if (coming.state === "installed") offer(); });
  });
  document.addEventListener("visibilitychange", () => { if (document.visibilityState === "visible") registration.update().catch(() => {}); });
}

function offerVersion(registration) {
  const notice = document.querySelector("[data-new-version]");
  if (!notice || document.querySelector("[data-form]")) return; // not while a form is open: the next page will say so
  notice.hidden = false;
  notice.querySelector("button").onclick = () => {
    navigator.serviceWorker.addEventListener("controllerchange", () => location.reload(), { once: true });
    registration.waiting?.postMessage("switch");
  };
}

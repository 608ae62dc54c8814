// The service worker: keeps the app's files and the pages that are the same for everybody, and wakes the outbox when there is a
// network again. It never touches a POST or PUT, another origin, or an answer with personal data. BUILD, VERSION and KEEP are filled
// in by blueprints/shell.py: the build of static/, a hash over everything that is kept, and the list of it.

import { drain, isOwed } from "/static/BUILD/js/outbox.js";
import { items, mine, remembered } from "/static/BUILD/js/store.js";

const CACHE = "samruat-VERSION";
const MANUAL = "manual"; // the home page, chapters and pictures that static/js/manual.js kept; they outlive versions
const KEEP = [/* KEEP */];
const AT_ONCE = 4, TRIES = 4; // files fetched side by side, and how often each
const PATIENCE = 4_000; // ms that a page other than a form may take before what is on the phone is shown

// Which kept page stands in for an address. `first`: the kept page is shown at once, also with a network, because the form is the same.
const PAGES = [
  [/^\/sites\/new$/, "site", true],
  [/^\/sites\/[0-9a-f-]{36}\/cameras\/new$/, "camera", true],
  [/^\/cameras\/[0-9a-f-]{36}\/status$/, "status", true],
  [/^\/points\/new$/, "point", true],
  [/^\/reports\/new$/, "report", true],
  [/^\/waiting$/, "waiting", true],
  [/^\/near$/, "near", true],
  [/^\/drill$/, "drill", true],
  [/^\/help$/, "help", true],
  [/^\/(more)?$/, "home", false],
  [/^\/manual(\/[a-z]+)?$/, undefined, false], // kept under its own name, where it was kept
  [/^\/sites\/[0-9a-f-]{36}\/edit$/, "site", false],
  [/^\/cameras\/[0-9a-f-]{36}\/edit$/, "camera", false],
  [/^\/points\/[0-9a-f-]{36}\/edit$/, "point", false],
  [/^\/(sites|cameras|points)\/[0-9a-f-]{36}$/, "record", false],
  [/^\/(sites|status|points|reports)$/, "near", false],
];

self.addEventListener("install", (event) => event.waitUntil(keepAll()));

/** Keeps everything, a few at a time. What an earlier try on a bad line has kept already is not fetched again. */
async function keepAll() {
  const cache = await caches.open(CACHE);
  const left = [...KEEP];
  const work = async () => { for (let path = left.shift(); path; path = left.shift()) await keepOne(cache, path); };
  await Promise.all(Array.from({ length: AT_ONCE }, work));
}

async function keepOne(cache, path) {
  if (await cache.match(path)) return;
  for (let tries = 1; ; tries++) {
    try {
      const answer = await fetch(new Request(path, { credentials: "omit", cache: "no-cache" }));
      if (!answer.ok || answer.redirected) throw new Error(`${path}: ${answer.status}`);
      await cache.put(path, answer);
      return;
    } catch (error) {
      if (tries >= TRIES) throw error;
      await new Promise((resolve) => setTimeout(resolve, 1_000 * tries));
    }
  }
}

self.addEventListener("activate", (event) => {
  event.waitUntil((async () => {
    const ours = (await caches.keys()).filter((name) => name.startsWith("samruat-") && name !== CACHE);
    await Promise.all(ours.slice(0, -1).map((name) => caches.delete(name))); // the version before stays, for pages of it that are still open
  })());
  self.clients.claim().catch(() => {}); // not waited for: Safari never answers when a page is just being left, and until this ends no page opens
});

self.addEventListener("message", (event) => {
  if (event.data === "switch") self.skipWaiting();
  if (event.data === "claim") event.waitUntil(self.clients.claim());
});

self.addEventListener("fetch", (event) => {
  const { request } = event;
  const address = new URL(request.url);
  if (request.method !== "GET" || address.origin !== self.location.origin) return;
  if (/^\/(static|manual\/pictures)\//.test(address.pathname)) event.respondWith(keptFile(request));
  else if (request.mode === "navigate") page(event, address);
});

/** A file of the app or a picture of the manual: kept ones never ask the network. */
async function keptFile(request) {
  return (await caches.match(request, { ignoreSearch: true })) ?? fetch(request);
}

function page(event, address) {
  const found = PAGES.find(([pattern]) => pattern.test(address.pathname));
  if (!found || address.searchParams.has("server")) return; // the network alone; its failure is the browser's to show
  const [, name = address.pathname.slice(1), first] = found;
  event.respondWith(first ? keptPage(name).then((kept) => kept ?? fetch(event.request)) : networkOr(event.request, name));
}

/** The page from the network, or the kept one when that fails or takes too long. */
async function networkOr(request, name) {
  const asked = fetch(request);
  asked.catch(() => {});
  const late = new Promise((resolve) => setTimeout(resolve, PATIENCE, null));
  try {
    const answer = await Promise.race([asked, late]);
    if (answer && answer.status < 500) return answer;
  } catch { /* no network */ }
  return (await keptPage(name)) ?? asked.catch(async () => (await keptPage("help")) ?? Response.error()); // not kept: the short help is
}

async function keptPage(name) {
  const [language, user] = await Promise.all(["language", "user"].map((what) => remembered(what).catch(() => null)));
  const find = async (store, page) => {
    const cache = await caches.open(store);
    return (language === "en" && (await cache.match(`${page}?language=en`))) || (await cache.match(page)) || cache.match(page, { ignoreSearch: true });
  };
  return (name === "home" && !user && (await find(MANUAL, "/shell/welcome"))) || find(name.startsWith("manual") ? MANUAL : CACHE, `/shell/${name}`);
}

self.addEventListener("sync", (event) => {
  if (event.tag === "outbox") event.waitUntil(send());
});

/** Sends what waits, after a page that is sending has ended or been closed; while something is left the browser is asked to call again. */
async function send() {
  await drain({ now: true, wait: true });
  const who = await mine();
  if (who && (await items(who.db)).some((item) => isOwed(item) && !item.attention)) throw new Error("there is still work to send");
}

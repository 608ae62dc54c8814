// Putting the app on the home screen: the hint that fits this browser. Android offers a prompt, an iPhone has its share sheet.

let prompt = null;
window.addEventListener("beforeinstallprompt", (event) => { event.preventDefault(); prompt = event; show(); });
window.addEventListener("appinstalled", () => { prompt = null; for (const panel of document.querySelectorAll("[data-install]")) panel.hidden = true; });

/** Whether this runs from the home screen. */
export const isInstalled = () => matchMedia("(display-mode: standalone)").matches || navigator.standalone === true;

/** The in-app browser that this is ("line", "facebook"), or null: nothing can be kept in one. */
export function inApp(agent = navigator.userAgent) {
  if (/\bLine\//i.test(agent)) return "line";
  return /FBAN|FBAV|FB_IAB|Instagram/i.test(agent) ? "facebook" : null;
}

/** Whether this is an iPhone or iPad (an iPad says it is a Mac, but has fingers on it). */
export const isApple = (agent = navigator.userAgent, fingers = navigator.maxTouchPoints) => /iPhone|iPad|iPod/.test(agent) || (/Macintosh/.test(agent) && fingers > 1);

export function start() {
  show();
}

function show() {
  for (const panel of document.querySelectorAll("[data-install]")) {
    panel.hidden = isInstalled() || Boolean(inApp());
    const way = prompt ? "prompt" : isApple() ? "ios" : "menu";
    for (const name of ["prompt", "ios", "menu"]) panel.querySelector(`[data-install-${name}]`).hidden = name !== way;
    const button = panel.querySelector("[data-install-prompt] button");
    button.onclick = async () => { await prompt?.prompt(); prompt = null; navigator.storage?.persist?.(); show(); };
    if (way === "menu" && !/Android/i.test(navigator.userAgent)) panel.hidden = true; // a desktop needs no hint
  }
}

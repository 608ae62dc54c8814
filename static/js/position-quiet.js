// A status update notes where the phone is, without asking for anything: it never holds up the one tap.

import { watch } from "./fixes.js";

export function start() {
  for (const form of document.querySelectorAll("[data-quiet-position]")) {
    const put = (name, value) => { const part = form.querySelector(`[data-part="${name}"]`); if (part) part.value = value; };
    const stop = watch(({ coords }) => {
      put("latitude", coords.latitude.toFixed(6));
      put("longitude", coords.longitude.toFixed(6));
      put("position_accuracy_m", Math.round(coords.accuracy));
      document.dispatchEvent(new CustomEvent("samruat:position", { detail: coords }));
    }, () => {});
    window.addEventListener("pagehide", stop);
  }
}

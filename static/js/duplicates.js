// A new site close to a known one: the same pole? Then the camera belongs there. Looks among the work package and what waits here.

import { nearby } from "./package.js";
import { storeOf } from "./store.js";
import { text } from "./texts.js";

const NEAR_M = 50;

/** Watches the position of a new site's form and points out known sites within 50 m. */
export async function warnOfDuplicates(form, user) {
  const db = await storeOf(user.uid);
  const notice = document.querySelector("[data-same-pole]");
  if (!notice) return;
  document.addEventListener("samruat:position", async (event) => {
    const found = (await nearby(db, event.detail.latitude, event.detail.longitude, NEAR_M, 3)).filter(({ site }) => site.id !== form.elements.record_id.value);
    notice.hidden = !found.length;
    notice.querySelector("ul").replaceChildren(...found.map(({ site, metres }) => {
      const row = document.getElementById("same-pole-row").content.firstElementChild.cloneNode(true);
      row.querySelector("b").textContent = site.answers.install_point ?? "–";
      row.querySelector("small").textContent = text("metres", Math.round(metres));
      row.querySelector("a").href = `/sites/${site.id}/cameras/new`;
      return row;
    }));
  });
}

// The photo's own page: the same marking over the large picture.

import { drawOver } from "./blur.js";

export function start() {
  for (const holder of document.querySelectorAll("[data-blur-input]")) {
    const input = document.getElementById(holder.dataset.blurInput);
    const image = holder.querySelector("img");
    if (!input) continue;
    const begin = () => drawOver(holder, input);
    if (image.complete) begin(); else image.addEventListener("load", begin, { once: true });
    window.addEventListener("resize", begin);
  }
}

// Marking what is to be blurred: rectangles drawn over a picture, kept as fractions of it in a hidden field. The server blurs.

/** Lets a finger draw areas over the picture inside `holder`; they are kept in `input` as JSON [[x, y, width, height], …]. */
export function drawOver(holder, input) {
  const areas = JSON.parse(input.value || "[]");
  let from = null, shape = null;
  const keep = () => { input.value = JSON.stringify(areas); input.dispatchEvent(new Event("input", { bubbles: true })); };
  const show = () => {
    for (const old of holder.querySelectorAll(".area")) old.remove();
    areas.forEach((area, n) => holder.append(place(document.createElement("span"), area, () => { areas.splice(n, 1); keep(); show(); })));
  };
  holder.onpointerdown = (event) => {
    if (event.target.classList.contains("area")) return;
    from = point(holder, event);
    shape = place(document.createElement("span"), [...from, 0, 0], null);
    holder.append(shape);
    holder.setPointerCapture(event.pointerId);
  };
  holder.onpointermove = (event) => { if (from) position(shape, between(from, point(holder, event))); };
  holder.onpointerup = (event) => {
    if (!from) return;
    const area = between(from, point(holder, event));
    from = null;
    if (area[2] > 0.01 && area[3] > 0.01) { areas.push(area); keep(); }
    show();
  };
  holder.onpointercancel = () => { from = null; show(); };
  show();
}

/** The corner-to-corner rectangle [x, y, width, height] between two points, in fractions. */
export function between([x1, y1], [x2, y2]) {
  const round = (n) => Math.round(n * 10_000) / 10_000;
  return [Math.min(x1, x2), Math.min(y1, y2), Math.abs(x2 - x1), Math.abs(y2 - y1)].map(round);
}

function point(holder, event) {
  const box = holder.querySelector("img").getBoundingClientRect();
  const clamp = (n) => Math.min(1, Math.max(0, n));
  return [clamp((event.clientX - box.left) / box.width), clamp((event.clientY - box.top) / box.height)];
}

function place(shape, area, remove) {
  shape.className = "area";
  position(shape, area);
  if (remove) shape.onclick = remove;
  return shape;
}

function position(shape, [x, y, width, height]) {
  const image = shape.parentElement?.querySelector("img") ?? document.querySelector("[data-blur-area] img");
  const offset = { left: image.offsetLeft, top: image.offsetTop, width: image.offsetWidth, height: image.offsetHeight };
  Object.assign(shape.style, { left: `${offset.left + x * offset.width}px`, top: `${offset.top + y * offset.height}px`, width: `${width * offset.width}px`, height: `${height * offset.height}px` });
}

/** Opens the form's dialog for one photo. */
export function open(thumbnail, input, address) {
  const dialog = document.getElementById("blur-dialog");
  const before = input.value;
  const image = dialog.querySelector("[data-blur-image]");
  image.onload = () => drawOver(dialog.querySelector("[data-blur-area]"), input);
  image.onerror = () => { if (image.src !== thumbnail.src) image.src = thumbnail.src; };
  image.src = address;
  dialog.onclose = () => {
    if (dialog.returnValue === "cancel") input.value = before;
    thumbnail.classList.toggle("blurred", input.value !== "[]");
    document.dispatchEvent(new CustomEvent("samruat:photos"));
  };
  dialog.showModal();
}

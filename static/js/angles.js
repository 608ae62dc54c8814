// Reads the two angles of a position that is written with numbers, marks and words, in degrees: the same as
// survey/angles.py. Numbers are grouped into angles, labels (N, ละติจูด, …) are put to them, and what then has not
// exactly one meaning is refused.

const DMS = ["°", "'", '"'];
const LABELS = new Map(Object.entries({
  lat: "lat", latitude: "lat", "ละติจูด": "lat", lon: "lon", lng: "lon", long: "lon", longitude: "lon",
  "ลองจิจูด": "lon", n: "N", north: "N", "น": "N", "เหนือ": "N", s: "S", south: "S", "ใต้": "S",
  e: "E", east: "E", "ตอ": "E", "ตะวันออก": "E", w: "W", west: "W", "ตต": "W", "ตะวันตก": "W",
}));
const AXIS = { lat: "lat", N: "lat", S: "lat", lon: "lon", E: "lon", W: "lon" };
const TOKEN = new RegExp(
  "(?<clock>[0-9]+:[0-9]+(?::[0-9]+)?(?:\\.[0-9]+)?)" +
  "|(?<number>[0-9]+(?:\\.[0-9]+)?)" +
  "|(?<word>[A-Za-z]+\\.?|[\u0e01-\u0e4e]+(?:\\.[\u0e01-\u0e4e]+)*\\.?)" +
  "|(?<mark>[°'\"])" +
  "|(?<sign>[-+])" +
  "|(?<separator>[,;|])" +
  "|(?<quiet>[ ()\\[\\]{}<>:=*!?])" +
  "|(?<point>\\.)" +
  "|(?<junk>.)",
  "gs",
);
const BESIDE_SIGN = /[0-9A-Za-z\u0e01-\u0e4e]/;

// Why a text is not a position: `code` is one of survey/errors.py, `position` what was probably meant.
export class PositionError extends Error {
  constructor(code, position = null) {
    super(code);
    this.name = "PositionError";
    this.code = code;
    this.position = position;
  }
}

export function unreadable() {
  return new PositionError("position_unreadable");
}

// Latitude and longitude. Throws PositionError: position_unreadable, position_swapped.
export function readAngles(text) {
  const [tokens, junk] = tokensOf(decimalPoints(text));
  const order = header(tokens);
  let angles = anglesOf(tokens);
  if (angles.length === 1) angles = halves(angles[0]);
  if (angles.length !== 2) throw unreadable();
  const [first, second] = angles;
  const marked = (angle) => angle.marks.some(Boolean);
  const bare = !order && !marked(first) && !marked(second) && !first.labels.length && !second.labels.length;
  const precise = (angle) => angle.numbers.length === 1 && angle.numbers[0].includes(".");
  if (bare && junk && !angles.every(precise)) throw unreadable(); // house numbers, telephone numbers
  if (first.numbers.length !== second.numbers.length && !(marked(first) && marked(second))) throw unreadable();
  const axes = angles.map(axisOf);
  const values = angles.map(degreesOf);
  if (axes[0] && axes[0] === axes[1]) throw unreadable();
  const axis = axes[0] || { lat: "lon", lon: "lat" }[axes[1]] || order || "lat";
  const [latitude, longitude] = axis === "lat" ? values : [values[1], values[0]];
  if (inRange(latitude, longitude)) return [latitude, longitude];
  if (!axes[0] && !axes[1] && !order && inRange(longitude, latitude)) {
    throw new PositionError("position_swapped", `${longitude.toFixed(5)}, ${latitude.toFixed(5)}`);
  }
  throw unreadable();
}

// Turns decimal commas into points: 6,4255 101,8253. A single comma separates two numbers: 13,100.
function decimalPoints(text) {
  const runs = text.match(/[0-9]+(?:,[0-9]+)+/g) ?? [];
  if (/[0-9]\.[0-9]/.test(text) || runs.some((run) => run.split(",").length > 2)) return text;
  if (runs.length > 1) return text.replace(/([0-9]),([0-9])/g, "$1.$2");
  return text.replace(/([0-9]),([0-9]+ ?['"])/g, "$1.$2");
}

// Kinds and texts of what matters, and whether other words stand between.
function tokensOf(text) {
  const tokens = [];
  let junk = false;
  let before = " ";
  for (const match of text.matchAll(TOKEN)) {
    let value = match[0];
    let kind = Object.keys(match.groups).find((name) => match.groups[name] !== undefined);
    const next = text[match.index + value.length] ?? "";
    const digitFollows = next >= "0" && next <= "9";
    if (kind === "word") {
      const label = LABELS.get(value.replaceAll(".", "").toLowerCase());
      kind = label ? "label" : "junk";
      value = label ?? value;
    } else if (kind === "sign" && !digitFollows) {
      kind = "junk";
    } else if ((kind === "sign" && BESIDE_SIGN.test(before)) || (kind === "point" && digitFollows)) {
      throw unreadable(); // 6.4-101.8, 1.2.3, .5: no telling
    } else if (kind === "point") {
      kind = "quiet";
    }
    junk ||= kind === "junk";
    if (kind !== "quiet") tokens.push({ kind, value });
    before = match[0].at(-1);
  }
  return [tokens, junk];
}

// The axis named first when both are named before or after all numbers ("Long, Lat: …"); takes these labels out.
function header(tokens) {
  const first = tokens.findIndex(isNumber);
  if (first < 0) return "";
  let last = tokens.length - 1;
  while (!isNumber(tokens[last])) last -= 1;
  for (const [start, end] of [[0, first], [last + 1, tokens.length]]) {
    const part = tokens.slice(start, end);
    const axes = part.filter(({ kind }) => kind === "label").map(({ value }) => AXIS[value]);
    if (new Set(axes).size === 2) {
      tokens.splice(start, end - start, ...part.filter(({ kind }) => kind !== "label"));
      return axes[0];
    }
  }
  return "";
}

function isNumber({ kind }) {
  return kind === "number" || kind === "clock";
}

function isWord(label) {
  return label === "lat" || label === "lon"; // the other labels are hemispheres
}

// Groups numbers, marks and labels into angles. Whether labels stand before or after their numbers is told by the
// first word and by the first hemisphere.
function anglesOf(tokens) {
  const lead = tokens.slice(0, Math.max(0, tokens.findIndex(isNumber))).filter(({ kind }) => kind === "label");
  const beforeNumbers = new Set(lead.map(({ value }) => isWord(value)));
  const angles = [];
  let waiting = []; // labels of the angle to come
  tokens.forEach(({ kind, value }, i) => {
    const previous = tokens[i - 1] ?? { kind: "", value: "" };
    let angle = angles.at(-1)?.takesLabels ? angles.at(-1) : null;
    if (isNumber({ kind })) {
      const degreesFollow = tokens[i + 1]?.kind === "mark" && tokens[i + 1].value === "°";
      if (!angle || angle.complete || previous.kind === "sign" || degreesFollow || kind === "clock") {
        const negative = previous.kind === "sign" && previous.value === "-";
        angle = { numbers: [], marks: [], labels: waiting, negative, complete: false, takesLabels: true };
        angles.push(angle);
        waiting = [];
      }
      const parts = value.split(":");
      angle.numbers.push(...parts);
      angle.marks.push(...(kind === "clock" ? DMS.slice(0, parts.length) : [""]));
      angle.complete = kind === "clock" || value.includes(".");
    } else if (kind === "mark" && angle && previous.kind === "number") {
      angle.marks[angle.marks.length - 1] = value;
      angle.complete ||= value === '"';
    } else if (kind === "label" && angle && !beforeNumbers.has(isWord(value)) && agrees(angle, value)) {
      angle.labels.push(value);
      angle.complete = true;
    } else if (["label", "separator", "junk"].includes(kind)) {
      if (angle) angle.takesLabels = false;
      if (kind === "label") waiting.push(value);
    }
  });
  angles.at(-1)?.labels.push(...waiting); // "N 6.4255, 101.8253 E"
  return angles;
}

function agrees(angle, label) {
  return angle.labels.every((own) => AXIS[own] === AXIS[label]);
}

// Two or six bare numbers without anything between them are both angles: "13 100.5", "6 25 31 101 49 31".
function halves(angle) {
  const count = angle.numbers.length;
  if ((count !== 2 && count !== 6) || angle.marks.some(Boolean) || angle.labels.length) return [angle];
  const half = (from, to, negative) => {
    const numbers = angle.numbers.slice(from, to);
    return { numbers, marks: numbers.map(() => ""), labels: [], negative };
  };
  return [half(0, count / 2, angle.negative), half(count / 2, count, false)];
}

function axisOf(angle) {
  const axes = new Set(angle.labels.map((label) => AXIS[label]));
  const hemispheres = new Set(angle.labels.filter((label) => !isWord(label)));
  if (axes.size > 1 || hemispheres.size > 1 || (hemispheres.size && angle.negative)) throw unreadable();
  return [...axes][0] ?? "";
}

function degreesOf({ numbers, marks, labels, negative }) {
  const misplaced = marks.some((mark, i) => i < 3 && mark && mark !== DMS[i]);
  if (numbers.length > 3 || misplaced || numbers.slice(0, -1).some((number) => number.includes("."))) {
    throw unreadable();
  }
  const [degrees, minutes, seconds] = [...numbers, "0", "0"].map(Number);
  if (minutes >= 60 || seconds >= 60) throw unreadable();
  const value = degrees + minutes / 60 + seconds / 3600;
  return negative || labels.includes("S") || labels.includes("W") ? -value : value;
}

export function inRange(latitude, longitude) {
  return Math.abs(latitude) <= 90 && Math.abs(longitude) <= 180;
}

// Reads a position out of whatever people type or paste: the same reader as survey/coordinates.py, for the phone
// without a network; tests/positions.json holds for both. What could mean two things is refused.
// Regular expressions here and in angles.js use no lookbehind: older iPhones would not load the module.

import { toPoint } from "../vendor/mgrs.js";
import { PositionError, inRange, readAngles, unreadable } from "./angles.js";

export { PositionError };

const LONGEST = 2000;
const SPELLINGS = [ // what is written instead of the signs that the tokens below know; the order matters
  [/[\u200b-\u200f\u202a-\u202e\u2060\ufeff]/g, ""],
  [/[\t\u00a0\u2000-\u200a\u202f\u3000]/g, " "],
  [/[\r\n\u2028\u2029]+/g, " ; "],
  [/[\u2010-\u2015\u2212]/g, "-"],
  [/[、،]/g, ","],
  [/ฟิลิปดา|พิลิปดา|วินาที/g, '"'],
  [/ลิปดา|นาที/g, "'"],
  [/[º˚∘]|องศา|(?:degrees?|deg)(?![A-Za-z])/g, "°"],
  [/[″”“ʺ]/g, '"'],
  [/[’‘′´`ʹʼ]/g, "'"],
  [/' ?'/g, '"'],
  [/ละติจูด|เส้นรุ้ง/g, " ละติจูด "],
  [/ลองจิจูด|ลองติจูด|เส้นแวง/g, " ลองจิจูด "],
  [/ต\. (?=[อต]\.)/g, "ต."],
];
const LINK =
  /(?:https?:\/\/|www\.|maps\.google\.|google\.[a-z.]+\/maps|maps\.app\.goo\.gl|goo\.gl\/|geo:)[^ ]+/gi;
const SHORT_LINK = /(?:maps\.app\.goo\.gl|goo\.gl\/maps)\//i;
const PIN = /!3d(-?[0-9]{1,3}(?:\.[0-9]+)?)!4d(-?[0-9]{1,3}(?:\.[0-9]+)?)/g;
const VIEW = /\/@(-?[0-9]{1,3}(?:\.[0-9]+)?),(-?[0-9]{1,3}(?:\.[0-9]+)?)(?![0-9.])/;
const GEO = /^geo:(-?[0-9]{1,3}(?:\.[0-9]+)?),(-?[0-9]{1,3}(?:\.[0-9]+)?)(?![0-9.])/i;
const QUERY_KEYS = ["q", "query", "destination", "daddr", "ll", "center", "viewpoint"];
const GRID_LIKE = "(?:^|[^A-Za-z0-9.])([0-9]{1,2}) *([C-HJ-NP-X]) *([A-HJ-NP-Z]) *([A-HJ-NP-V])";
const GRID = new RegExp(`${GRID_LIKE} *(?:([0-9]{2,5}) +([0-9]{2,5})|([0-9]{4,10}))(?![A-Za-z0-9])`, "i");
const GRID_START = new RegExp(`${GRID_LIKE}(?![A-Za-z])`, "i");
const BANDS = "CDEFGHJKLMNPQRSTUVWX";
const COLUMNS = ["STUVWXYZ", "ABCDEFGH", "JKLMNPQR"]; // by zone modulo 3

// {latitude, longitude} in degrees WGS 84 and source "typed" or "pasted". Throws PositionError.
export function readPosition(text) {
  if ([...text].length > LONGEST) throw unreadable();
  const plain = plainText(text);
  const links = plain.match(LINK) ?? [];
  for (const link of links) {
    const pair = readLink(link);
    if (pair) return { latitude: pair[0], longitude: pair[1], source: "pasted" };
  }
  try {
    const [latitude, longitude] = readWritten(plain.replace(LINK, " "));
    return { latitude, longitude, source: "typed" };
  } catch (error) {
    if (error.code === "position_unreadable" && links.some((link) => SHORT_LINK.test(link))) {
      throw new PositionError("position_short_link");
    }
    throw error;
  }
}

// Degrees with five decimals (about a metre): "6.42550, 101.82530".
export function formatPosition(latitude, longitude) {
  return `${latitude.toFixed(5)}, ${longitude.toFixed(5)}`;
}

function plainText(text) {
  let plain = text.replace(/[๐-๙]/g, (digit) => String.fromCharCode(digit.charCodeAt(0) - 0x0e50 + 0x30));
  plain = plain.replace(/[！-～]/g, (sign) => String.fromCharCode(sign.charCodeAt(0) - 0xff01 + 0x21));
  for (const [pattern, sign] of SPELLINGS) plain = plain.replace(pattern, sign);
  plain = plain.replace(/^[ ;]+|[ ;]+$/g, "");
  const quoted = plain.length > 1 && "\"'".includes(plain[0]) && plain.at(-1) === plain[0];
  return quoted ? plain.slice(1, -1) : plain;
}

function readWritten(text) {
  const grid = GRID.exec(text);
  if (grid) {
    const [zone, band, column, row, ...digits] = grid.slice(1).filter(Boolean).map((part) => part.toUpperCase());
    return readGrid(zone, band, column, row, digits);
  }
  if (GRID_START.test(text)) throw unreadable(); // else 47N QF 12 would be read as 47° N 12°
  return readAngles(text);
}

// The pin of a link before what was searched for, before the middle of the map; null if it has no position.
function readLink(link) {
  const plain = plainText(percentDecoded(link));
  const mark = plain.indexOf("?");
  const path = mark < 0 ? plain : plain.slice(0, mark);
  const query = mark < 0 ? "" : plain.slice(mark + 1);
  const pin = [...plain.matchAll(PIN)].at(-1);
  if (pin) return kept(Number(pin[1]), Number(pin[2]));
  const fields = new Map();
  for (const part of query.split(/[&#]/).reverse()) {
    const equals = part.indexOf("=");
    if (equals >= 0) fields.set(part.slice(0, equals), part.slice(equals + 1));
  }
  for (const key of QUERY_KEYS) {
    const found = readPart((fields.get(key) ?? "").replace(/^loc:/, ""));
    if (found) return found;
  }
  const folders = /\/(?:search|place|dir)\/(.*)/.exec(path);
  for (const part of folders ? folders[1].split("/").reverse() : []) {
    const found = part.startsWith("@") || part.startsWith("data=") ? null : readPart(part);
    if (found) return found;
  }
  for (const pattern of [VIEW, GEO]) {
    const view = pattern.exec(path);
    if (view) return kept(Number(view[1]), Number(view[2]));
  }
  return null;
}

function percentDecoded(link) {
  return link.replace(/(?:%[0-9A-Fa-f]{2})+/g, (coded) => {
    try {
      return decodeURIComponent(coded);
    } catch {
      return "\ufffd"; // not UTF-8
    }
  });
}

function readPart(part) {
  try {
    return readWritten(part.replaceAll("+", " "));
  } catch (error) {
    if (error instanceof PositionError) return null;
    throw error;
  }
}

function kept(latitude, longitude) {
  return inRange(latitude, longitude) ? [latitude, longitude] : null;
}

// The middle of the square. The library accepts squares that do not exist, so column and band are checked here.
function readGrid(zone, band, column, row, digits) {
  const together = digits.join("");
  const half = digits.length === 2 ? digits[0].length : Math.floor(together.length / 2);
  const easting = together.slice(0, half);
  const northing = together.slice(half);
  const number = Number(zone);
  const known = number >= 1 && number <= 60 && COLUMNS[number % 3].includes(column);
  if (easting.length !== northing.length || !known) throw unreadable();
  const [longitude, latitude] = toPoint(`${number}${band}${column}${row}${easting}${northing}`);
  const south = -80 + 8 * BANDS.indexOf(band);
  if (!(latitude >= south - 0.01 && latitude <= south + (band === "X" ? 12 : 8) + 0.01)) throw unreadable();
  return [latitude, longitude];
}

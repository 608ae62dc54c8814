// Checks answers on the phone as survey/answers.py does on the server (tests/answers.json holds for both), so that what is sealed
// without a network needs no second visit. Each check gives null or {code, …} of the catalogue of refusals. What only the server
// can know (areas, agencies) it flags for review.

const BUDDHIST_ERA = 543, FIRST_YEAR = 1957;
const FORBIDDEN = /[\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f-\u009f\u202a-\u202e\u2066-\u2069\ufffe\uffff]/;
const INVISIBLE = /[\ufeff\u200b\u2060\u00ad]/g;

/** Thai and full-width digits as 0-9. */
export function western(text) {
  return text.replace(/[๐-๙]/g, (c) => String(c.charCodeAt(0) - 0x0e50)).replace(/[\uff00-\uffef]/g, (c) => c.normalize("NFKC"));
}

/** What is wrong with what was typed into a control of this kind ({kind, limit, low, high, whole, ahead}), or null. Blank is never wrong. */
export function wrongWith(rule, raw, today = new Date()) {
  const value = rule.kind === "frequency" && raw && typeof raw === "object" ? raw.value : raw;
  if (value === null || value === undefined || (typeof value === "string" && !value.trim())) return null;
  const check = CHECKS[rule.kind];
  return check ? check(String(value), rule, today) : null;
}

const CHECKS = {
  text: checkText, longtext: checkText, agency: checkText, agencies: (value, rule, today) => first(value.split(/[,\n]/), (name) => checkText(name, { limit: 200 }, today)),
  number: checkNumber, frequency: checkNumber, money: checkMoney, year: checkYear, fiscal_year: checkYear, phone: checkPhones, url: checkUrl,
};

const first = (parts, check) => parts.map(check).find(Boolean) ?? null;

function checkText(value, { limit }) {
  const text = value.replace(INVISIBLE, "").normalize("NFC").trim();
  if (FORBIDDEN.test(text)) return { code: "control_characters" };
  const length = [...text].length;
  return limit && length > limit ? { code: "too_long", limit, length } : null;
}

function checkNumber(value, { low = null, high = null, whole }) {
  let text = western(value).trim().replace("−", "-").replace("–", "-");
  if (/^-?\d{1,3}(,\d{3})+(\.\d+)?$/.test(text)) text = text.replaceAll(",", "");
  if (!/^[+-]?(\d{1,15}(\.\d*)?|\.\d+)$/.test(text)) return { code: "not_a_number" };
  const number = Number(text);
  if (whole && !Number.isInteger(number)) return { code: "not_whole" };
  if ((low !== null && number < low) || (high !== null && number > high)) return { code: "out_of_range", low: plain(low), high: plain(high) };
  return null;
}

const plain = (number) => (number === null ? "" : number.toLocaleString("en-US", { maximumFractionDigits: 10 }));

function checkMoney(value) {
  const text = western(value).trim().replaceAll(",", "").replace(/บาท$/, "").trim();
  if (!/^[+-]?(\d+(\.\d*)?|\.\d+)$/.test(text)) return { code: "not_a_number" };
  const amount = Number(text);
  return amount < 0 || amount > 999_999_999_999.99 ? { code: "out_of_range", low: "0", high: "999,999,999,999.99" } : null;
}

function checkYear(value, { kind, ahead = 0 }, today) {
  const text = western(value).replace(/^\s*(พ\.?\s?ศ\.?|ค\.?\s?ศ\.?|ปี)\s*/, "").trim();
  if (!/^(\d{2}|\d{4})$/.test(text)) return { code: "year" };
  const number = Number(text);
  const year = number < 100 ? number + 2500 - BUDDHIST_ERA : number >= 2400 ? number - BUDDHIST_ERA : number;
  const local = new Date(today.getTime() + 7 * 3600_000); // Bangkok
  const now = local.getUTCFullYear() > 2400 ? local.getUTCFullYear() - BUDDHIST_ERA : local.getUTCFullYear(); // a phone whose clock counts Buddhist years
  const latest = now + ahead + (kind === "fiscal_year" && local.getUTCMonth() >= 9 ? 1 : 0);
  if (year > latest) return { code: "future_year", year: year + BUDDHIST_ERA };
  return year < FIRST_YEAR ? { code: "old_year", year: year + BUDDHIST_ERA } : null;
}

function checkPhones(value) {
  const text = western(value.replace(INVISIBLE, "")).replace(/[‐‑‒–—−~]/g, "-").replace(/โทรศัพท์|โทร\.?|มือถือ|tel\.?|phone|:/gi, " ");
  if (text.length > 200) return { code: "too_long", limit: 200, length: text.length };
  return text.split(/[,;\n/]|หรือ|และ/).filter((part) => part.trim()).every(isPhone) ? null : { code: "phone" };
}

function isPhone(part) {
  const number = part.trim().replace(/\s*(?:ต่อ|ext\.?|#|x)\s*\d{1,6}(?:\s*-\s*\d{1,6})?\s*$/i, "").replace(/^\s*\(?(?:\+|00)\s*66\)?[\s-]*(?:\(0\)|0)?/, "0");
  const groups = number.split(/[\s.()-]+|ถึง/).filter(Boolean);
  if (!groups.length || !groups.every((g) => /^[0-9]+$/.test(g))) return false;
  return isThaiNumber(groups.join("")) || (groups.length > 1 && groups.at(-1).length <= 4 && isThaiNumber(groups.slice(0, -1).join("")));
}

const isThaiNumber = (digits) => /^(02\d{7}|0[3-57]\d{7}|0[689]\d{8}|1[48]0[01]\d{6}|1\d{2,3})$/.test(digits);

function checkUrl(value, { limit }, today) {
  const text = value.replace(INVISIBLE, "").trim();
  const long = checkText(text, { limit }, today);
  if (long) return long;
  const parts = /^([a-z][a-z0-9+.-]*):\/\/([^/?#]*)/i.exec(text);
  if (parts?.[2].includes("@") || /[?&;](user(name)?|usr|login|pass(word|wd)?|pwd)=[^&]/i.test(text)) return { code: "url_password" };
  if (!parts || !/^(https?|rtsps?)$/i.test(parts[1]) || !/^(\[[0-9a-f:.]+\]|[^:\s[\]]+)(:\d{0,5})?$/i.test(parts[2]) || /\s/.test(text)) return { code: "url" };
  return null;
}

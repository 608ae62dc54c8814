// Reads a form into a message's answers, compares them with what stood there, and puts a draft back. Knows no field by name: the
// form's HTML says what each control is (data-question, data-rule); only the position has parts of its own.

import { wrongWith } from "./checks.js";

const controls = (root, name) => [...root.querySelectorAll(`[name="${CSS.escape(name)}"]`)];
const isTicked = (c) => (c.type === "radio" || c.type === "checkbox" ? c.checked : true);

/** All answers of a form as they go into a message: raw texts, lists of codes, {value, per}; blank ones are left out. */
export function collect(form) {
  const answers = {};
  for (const block of form.querySelectorAll("[data-rule]")) {
    if (block.hidden) continue;
    const value = valueOf(block, block.dataset.question, JSON.parse(block.dataset.rule).kind);
    if (value !== null) answers[block.dataset.question] = value;
  }
  for (const part of form.querySelectorAll("[data-part]")) if (part.value) answers[part.name] = part.value;
  answers.not_known = controls(form, "not_known").filter((c) => c.checked && !c.disabled).map((c) => c.value);
  return answers;
}

function valueOf(block, name, kind) {
  const given = controls(block, name).filter((c) => c.type !== "submit" && isTicked(c)).map((c) => c.value).filter((v) => v.trim());
  if (kind === "many") return given.length ? given : null;
  if (!given.length) return null;
  return kind === "frequency" ? { value: given[0], per: controls(block, `${name}_per`)[0]?.value ?? "month" } : given[0];
}

/** What an edit changed: new values, null where an answer was taken away. */
export function difference(now, before) {
  const changed = {};
  for (const name of new Set([...Object.keys(before), ...Object.keys(now)])) {
    if (JSON.stringify(now[name] ?? null) !== JSON.stringify(before[name] ?? null)) changed[name] = now[name] ?? null;
  }
  return changed;
}

/** What is wrong with the answers: [{name, code, …}] in the order of the form. `changed` limits "required" to what an edit touched. */
export function mistakes(form, answers, changed = null) {
  const found = [];
  const located = Boolean(answers.latitude && answers.longitude);
  for (const block of form.querySelectorAll("[data-position], [data-rule]")) {
    if (block.hidden) continue;
    if (block.matches("[data-position]")) { found.push(...positionMistake(block, answers, changed)); continue; }
    const name = block.dataset.question, rule = JSON.parse(block.dataset.rule);
    const wrong = wrongWith(rule, Array.isArray(answers[name]) ? null : answers[name]);
    const asked = rule.required && answers[name] === undefined && !(rule.kind === "area" && located) && (!changed || name in changed);
    if (wrong) found.push({ name, ...wrong });
    else if (asked && !(rule.kind === "area" && found.some((m) => m.name === "latitude"))) found.push({ name, code: rule.choose ? "choose" : "required", label: block.dataset.label });
  }
  return found;
}

function positionMistake(block, answers, changed) {
  const typed = block.querySelector('input[name="position"]').value.trim();
  if (typed && !(answers.latitude && answers.longitude)) return [{ name: "latitude", code: block.dataset.wrong || "position_unreadable" }];
  if (!typed && "guideline" in block.dataset && (!changed || "latitude" in changed)) return [{ name: "latitude", code: "position_needed" }];
  return [];
}

/** Everything that was entered, as [name, value] pairs, to be put back later. */
export function snapshot(form) {
  const pairs = [];
  for (const c of form.elements) {
    if (!c.name || c.name === "csrf_token" || c.type === "file" || c.type === "submit" || c.name.startsWith("photos-")) continue;
    if (isTicked(c)) pairs.push([c.name, c.value]);
  }
  return pairs;
}

/** Puts a snapshot back. Values whose option is not there (a district's list that needs the network) get one. */
export function restore(form, pairs) {
  const given = new Map();
  for (const [name, value] of pairs) given.set(name, [...(given.get(name) ?? []), value]);
  for (const c of form.elements) {
    if (!c.name || c.name === "csrf_token" || c.type === "file" || c.type === "submit" || c.name.startsWith("photos-")) continue;
    const values = given.get(c.name) ?? [];
    if (c.type === "radio" || c.type === "checkbox") c.checked = values.includes(c.value);
    else if (values.length) {
      if (c.tagName === "SELECT" && ![...c.options].some((o) => o.value === values[0])) c.add(new Option(values[0], values[0]));
      c.value = values[0];
    }
  }
}

/** The questions that are required and still open, by label. */
export function missing(form) {
  const answers = collect(form);
  return mistakes(form, answers).filter((m) => ["required", "choose", "position_needed"].includes(m.code)).map((m) => m.label ?? "");
}

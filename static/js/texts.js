// Sentences for scripts: they live in the page's <template data-texts> as data-say-… attributes, in the reader's language.

const sentences = Object.assign({}, ...[...(globalThis.document?.querySelectorAll("template[data-texts]") ?? [])].map((holder) => ({ ...holder.dataset })));

const key = (name) => `say${name[0].toUpperCase()}${name.slice(1)}`;

/** The sentence of this name (camelCase of the attribute) with {0}, {1} … filled in. */
export function text(name, ...values) {
  return (sentences[key(name)] ?? "").replace(/\{(\d)\}/g, (_, n) => values[n] ?? "");
}

/** A sentence of the catalogue of refusals by its code, with %(name)s filled in. */
export function errorText(code, params = {}) {
  const name = code.replace(/_(\w)/g, (_, c) => c.toUpperCase());
  return (sentences[key(name)] ?? sentences[key("invalid")] ?? code).replace(/%\((\w+)\)s/g, (_, part) => params[part] ?? "");
}

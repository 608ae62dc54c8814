// Sentences for scripts: they live in the page's <template id="texts"> as data attributes, in the reader's language.

const sentences = document.getElementById("texts")?.dataset ?? {};

/** The sentence of this name (camelCase of the attribute) with {0}, {1} … filled in. */
export function text(name, ...values) {
  return (sentences[name] ?? "").replace(/\{(\d)\}/g, (_, n) => values[n] ?? "");
}

// The first file of every page: marks that scripts run and starts what the page has parts for. Each behaviour is its own module.

const root = document.documentElement;
root.classList.add("js");

const parts = [
  ["[data-form]", "./form.js"],
  ["[data-position]", "./position.js"],
  ["[data-quiet-position]", "./position-quiet.js"],
  ["[data-suggest]", "./suggest.js"],
  ["[data-filter]", "./filter.js"],
  ["[data-blur-form]", "./blur-page.js"],
  ["[data-waiting-list]", "./waiting.js"],
  ["[data-near-list]", "./near.js"],
  ["[data-drill]", "./drill.js"],
  ["[data-confirm]", "./confirm.js"],
  ["[data-import-progress], [data-import-map]", "./imports.js"],
  ["[data-export]", "./exporting.js"],
  ["[data-install]", "./install.js"],
  ["[data-join]", "./join.js"],
  ["[data-check-all]", "./ticks.js"],
  ["[data-mapped]", "./mapped.js"],
  ["[data-manual]", "./manual.js"],
  ["[data-copy], [data-print]", "./copy.js"],
];

async function start() {
  if (document.querySelector('meta[name="user"]')) import("./store.js").then((store) => store.here()).catch(() => {}); // the next page may need to know who this is
  if (root.dataset.shell) await (await import("./shell.js")).fillShell(); // a page without user and token gets what this phone knows
  const starting = parts.filter(([selector]) => document.querySelector(`${selector}:not(template)`)).map(([, module]) => import(module).then((part) => part.start()));
  await Promise.all(starting);
  await (await import("./phone.js")).start(); // sends what waits, counts it, keeps the app's files: after the page can be used
  root.dataset.ready = "yes";
}

start();
document.querySelector("[data-focus]")?.focus();

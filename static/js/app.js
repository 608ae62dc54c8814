// The first file of every page: marks that scripts run and starts what the page has parts for. Each behaviour is its own module.

document.documentElement.classList.add("js");

const parts = [
  ["[data-form]", "./form.js"],
  ["[data-position]", "./position.js"],
  ["[data-quiet-position]", "./position-quiet.js"],
  ["[data-photos]", "./photos.js"],
  ["[data-suggest]", "./suggest.js"],
  ["[data-filter]", "./filter.js"],
  ["[data-blur-form]", "./blur-page.js"],
];

const starting = parts.filter(([selector]) => document.querySelector(selector)).map(([, module]) => import(module).then((part) => part.start()));
Promise.all(starting).then(() => { document.documentElement.dataset.ready = "yes"; });

document.querySelector("[data-focus]")?.focus();

// "Near me first": asks the phone for its position once and reloads the list with it.

export function start() {
  for (const form of document.querySelectorAll("[data-filter]")) {
    form.querySelector("[data-near]")?.addEventListener("click", (event) => {
      event.target.closest("button").disabled = true;
      navigator.geolocation?.getCurrentPosition((fix) => go(form, fix.coords), () => fail(form, event), { enableHighAccuracy: true, timeout: 15000, maximumAge: 10000 });
      if (!navigator.geolocation) fail(form, event);
    });
  }
}

function go(form, { latitude, longitude }) {
  const address = new URL(location.href);
  for (const [name, value] of new FormData(form)) if (value) address.searchParams.set(name, value);
  address.searchParams.set("near", `${latitude.toFixed(5)}, ${longitude.toFixed(5)}`);
  address.searchParams.delete("before");
  location.assign(address);
}

function fail(form, event) {
  event.target.closest("button").disabled = false;
  form.querySelector("[data-near-error]").hidden = false;
}

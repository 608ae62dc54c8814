// The QR code of an invitation slip carries its code behind the #, which no server and no log ever sees.

export function start() {
  const field = document.querySelector("[data-join] [name=code]");
  const code = decodeURIComponent(location.hash.slice(1));
  if (code && !field.value) field.value = code;
  history.replaceState(null, "", location.pathname);
  if (field.value) document.querySelector("[data-join] [name=password]").focus();
}

// What was typed and not sent is not lost in silence: the browser asks before the page is left, and the switch of the
// language brings it along. A filter is no such thing, nor is a password, which is kept nowhere.
"use strict";

const KEPT = "carewitness-unsent";
const HERE = location.pathname + location.search;

const forms = () =>
  [...document.querySelectorAll('main form[method="post"]')].filter((form) => form.querySelector("[type=password]") === null);
// A row that is ticked to be chosen holds no work.
const fields = (form) =>
  [...form.elements].filter((field) => field.matches("input:not([type=hidden]):not(.pick), textarea, select"));
const ticked = (field) => field.matches("[type=checkbox], [type=radio]");

function changed(field) {
  if (ticked(field)) return field.checked !== field.defaultChecked;
  if (!field.matches("select")) return field.value !== field.defaultValue;
  const first = Math.max(0, [...field.options].findIndex((option) => option.defaultSelected));
  return field.selectedIndex !== first;
}

// A form that came back refused holds what was typed as if it had always stood there.
const refused = (form) => form.dataset.unsent !== undefined;
const unsent = (form) => refused(form) || fields(form).some(changed);

let sent = null;

function ask(event) {
  if (!forms().some((form) => form !== sent && unsent(form))) return;
  event.preventDefault();
  // Only a page that stays gets as far as this.
  setTimeout(() => {
    sent = null;
    window.dispatchEvent(new Event("stayed"));
  });
}

// The browser keeps no page ready for the way back that listens for this; so none does before somebody types.
const watch = () => window.addEventListener("beforeunload", ask);

function carry() {
  const typed = forms().flatMap((form, at) =>
    fields(form).map((field, place) => [at, form.getAttribute("action"), place, field.name, ticked(field) ? field.checked : field.value, changed(field)]),
  );
  sessionStorage.setItem(KEPT, JSON.stringify([HERE, typed.filter((one) => one.at(-1))]));
  window.removeEventListener("beforeunload", ask);
}

function bring(at, action, place, name, value) {
  const form = forms()[at];
  const field = form?.getAttribute("action") === action ? fields(form)[place] : undefined;
  if (field?.name !== name) return;
  if (ticked(field)) field.checked = value;
  else field.value = value;
  for (let part = field.closest("details"); part; part = part.parentElement.closest("details")) part.open = true;
  watch();
}

// Whatever page comes next takes it away, so that nobody who logs in after finds another's words.
const carried = sessionStorage.getItem(KEPT);
sessionStorage.removeItem(KEPT);
if (carried !== null) {
  const [page, typed] = JSON.parse(carried);
  if (page === HERE) for (const one of typed) bring(...one);
}
if (forms().some(refused)) watch();

document.addEventListener("input", watch);
document.addEventListener("submit", (event) => {
  if (event.target.matches(".tongues")) carry();
  else sent = event.target;
});
window.addEventListener("pageshow", () => { sent = null; });

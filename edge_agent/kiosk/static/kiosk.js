// Follows the device: changed parts of the page arrive by server-sent events. Everything works without it but live state.
"use strict";

const screen = document.body.dataset.screen;
const follows = "follows" in document.body.dataset;
// Something is typed or chosen there that no other page has.
const keeps = "keeps" in document.body.dataset;

// As long as a new page takes no touch, by kiosk.css.
const SETTLES_MS = 600;
// The device says every five seconds that it is there (edge_agent/kiosk/following.py).
const SILENT_MS = 15_000;
const ASKED_AGAIN_MS = 1_000;

// What can be touched in a part of the page.
function touched(place) {
  return [...place.querySelectorAll("a, button")].map((it) => it.outerHTML).join();
}

function show(regions) {
  for (const [name, html] of Object.entries(regions)) {
    const place = document.querySelector(`[data-region="${name}"]`);
    if (place === null || place.innerHTML === html) continue;
    // Whoever is at a button by keyboard stays at it.
    const held = place.contains(document.activeElement) ? document.activeElement.id : "";
    const before = touched(place);
    place.innerHTML = html;
    if (touched(place) !== before) place.animate({ pointerEvents: ["none", "none"] }, SETTLES_MS);
    if (held) document.getElementById(held)?.focus();
  }
}

const notice = document.getElementById("lost");
let events, silence, typing;

function follow() {
  events = new EventSource(`/events/${screen}`);
  events.onmessage = (message) => hear(JSON.parse(message.data));
  events.onerror = lose;
  silence = setTimeout(lose, SILENT_MS);
}

function leave() {
  events.close();
  clearTimeout(silence);
}

function hear(live) {
  clearTimeout(silence);
  silence = setTimeout(lose, SILENT_MS);
  const found = !notice.hidden;
  // The visit beside which a page was opened may be over.
  if (found ? !keeps : follows && live.screen !== screen) {
    leave();
    location.replace("/");
    return;
  }
  if (found) stand(false);
  show(live.regions);
}

// A clock that stands, and buttons that lead nowhere, must not look as if they were alive; what was typed waits.
function lose() {
  if (notice.hidden) stand(true);
  // A browser asks again by itself, unless something else answered.
  if (events.readyState !== EventSource.CLOSED) return;
  leave();
  silence = setTimeout(follow, ASKED_AGAIN_MS);
}

function stand(still) {
  if (still) typing = document.activeElement;
  notice.hidden = !still;
  for (const part of document.querySelectorAll("header, main")) part.inert = still;
  // The last picture would stay there for whoever comes by.
  document.querySelector(".mirror")?.remove();
  if (!still) typing?.focus();
}

follow();
addEventListener("pageshow", (event) => event.persisted && follow());
addEventListener("pagehide", leave);

// Answers what is touched in the moment in which the device goes.
navigator.serviceWorker?.register("/worker.js");

// What somebody walked away from; whoever reads, or reads aloud, is asked first (WCAG 2.2.1).
const untouched = document.querySelector('meta[name="untouched"]');
const ASKED_BEFORE_S = 30;
const TOLD_EVERY_MS = 2_000;
if (untouched) {
  const still = document.getElementById("still");
  let asking, going;
  const wait = () => {
    clearTimeout(asking);
    clearTimeout(going);
    // Any touch is an answer, and decides nothing on what lay beneath.
    if (!still.hidden) document.body.animate({ pointerEvents: ["none", "none"] }, SETTLES_MS);
    still.hidden = true;
    asking = setTimeout(() => (still.hidden = false), 1_000 * (untouched.content - ASKED_BEFORE_S));
    going = setTimeout(() => location.replace(untouched.dataset.to ?? "/"), 1_000 * untouched.content);
  };
  // Told at a touch, never later: the desk closes a book no longer after the last one than this page goes.
  let told = -TOLD_EVERY_MS;
  const tell = () => {
    if (performance.now() - told < TOLD_EVERY_MS) return;
    told = performance.now();
    // Of a device that is gone the stream of events tells.
    fetch("/past/reading", { method: "POST" }).catch(() => {});
  };
  const stay = "reads" in untouched.dataset ? () => (wait(), tell()) : wait;
  for (const touch of ["pointerdown", "keydown", "scroll", "click"]) addEventListener(touch, stay, { passive: true });
  wait();
}

// A wet finger taps twice: a form is sent once.
addEventListener("submit", (event) => {
  if (event.target.dataset.sent) event.preventDefault();
  event.target.dataset.sent = "yes";
});

// A page that is come back to may be sent again.
addEventListener("pageshow", () => {
  for (const form of document.forms) delete form.dataset.sent;
});

for (const pad of document.querySelectorAll(".keypad")) {
  const field = document.getElementById(pad.dataset.for);
  pad.hidden = false;
  pad.addEventListener("click", (event) => {
    const key = event.target.dataset.key;
    if (key === "clear") field.value = field.value.slice(0, -1);
    else if (key) field.value += key;
  });
}

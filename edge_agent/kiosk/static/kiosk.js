// Follows the visit: changed parts of the page arrive by server-sent events. Everything works without it but live state.
"use strict";

const screen = document.body.dataset.screen;
const follows = "follows" in document.body.dataset;

// As long as a new page takes no touch, by kiosk.css.
const SETTLES_MS = 600;

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

if (screen) {
  const events = new EventSource(`/events/${screen}`);
  events.onmessage = (message) => {
    const live = JSON.parse(message.data);
    if (live.screen !== screen && follows) {
      events.close();
      location.replace("/");
      return;
    }
    show(live.regions);
  };
  // Of a program that is gone, the last picture would stay there for whoever comes by.
  events.onerror = () => document.querySelector(".mirror")?.remove();
  addEventListener("pagehide", () => events.close());
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

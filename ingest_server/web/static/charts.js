// Charts that were still to be drawn when their page was answered. Without this file their numbers stand below them, and
// a link shows the page again.
"use strict";

const FIRST_WAIT_MS = 400;
const GROWTH = 1.6;
const MOST_ASKED = 8;
const PATIENCE_MS = 10_000;

const wait = (ms) => new Promise((done) => { setTimeout(done, ms); });
// What a reader may have opened, or stand on, while the charts came.
const kept = (section) => [...section.querySelectorAll("summary, .scrolls")];

// The answer that holds them; null where it does not come, or is a refusal. A log-in page is no chart: no redirect.
async function drawn(address) {
  let ms = FIRST_WAIT_MS;
  for (let asked = 0; asked < MOST_ASKED; asked += 1) {
    await wait(ms);
    const answer = await fetch(address, { redirect: "manual", signal: AbortSignal.timeout(PATIENCE_MS) });
    if (answer.status === 200) return answer.text();
    if (answer.status !== 202) return null;
    ms = Math.max(GROWTH * ms, 1000 * Number(answer.headers.get("Retry-After")));
  }
  return null;
}

function put(section, text) {
  const found = new DOMParser().parseFromString(text, "text/html").querySelector("section.charts");
  const [before, after] = [kept(section), kept(found)];
  before.forEach((one, place) => { if (one.closest("details").open) after[place].closest("details").open = true; });
  const focused = before.indexOf(document.activeElement);
  section.replaceWith(found);
  if (focused >= 0) after[focused].focus({ preventScroll: true });
}

function giveUp(section) {
  for (const figure of section.querySelectorAll("[aria-busy]")) {
    figure.removeAttribute("aria-busy");
    figure.querySelector(".coming").hidden = true;
    figure.querySelector(".late").hidden = false;
  }
}

for (const section of document.querySelectorAll("section.charts[data-at]")) {
  drawn(section.dataset.at).catch(() => null).then((text) => {
    if (text === null) giveUp(section);
    else put(section, text);
  });
}

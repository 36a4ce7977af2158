// Keys of the desk. Without this file everything works by Tab, Enter and the buttons.
"use strict";

const typing = (element) => element.closest("input, textarea, select, [contenteditable]") !== null;
const rows = () => [...document.querySelectorAll(".visits .finding > a")];
const sheet = () => document.getElementById("keys");
// Between a decision and the page that follows it, a key would act on what is leaving.
let leaving = false;

function move(step) {
  const all = rows();
  if (all.length === 0) return;
  const at = all.indexOf(document.activeElement);
  const next = at < 0 ? (step > 0 ? 0 : all.length - 1) : Math.min(all.length - 1, Math.max(0, at + step));
  all[next].focus();
  all[next].closest("tr").scrollIntoView({ block: "nearest" });
}

function choose() {
  document.activeElement.closest("tr")?.querySelector("input.pick")?.click();
}

// All of this page, or none where all are chosen already.
function chooseAll() {
  const picks = [...document.querySelectorAll(".visits input.pick")];
  const wanted = !picks.every((pick) => pick.checked);
  for (const pick of picks) pick.checked = wanted;
}

function help() {
  if (sheet() === null) return;
  if (sheet().open) sheet().close();
  else sheet().showModal();
}

function press(key) {
  const wanted = document.querySelector(`[data-key="${CSS.escape(key)}"]`);
  if (wanted === null) return false;
  const note = document.getElementById("note");
  const unsent = note !== null && note.value.trim() !== "";
  // A reason is to be written first; and what was written is not to be lost by going on.
  if (note !== null && (wanted.dataset.needsNote !== undefined ? !unsent : wanted.matches("a") && unsent)) {
    note.focus();
  } else {
    leaving = true;
    wanted.click();
  }
  return true;
}

document.addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey || event.repeat || event.isComposing) return;
  const key = event.key === "\uff1f" ? "?" : event.key.toLowerCase();
  if (leaving || (sheet()?.open && key !== "?")) return;
  if (typing(event.target)) {
    if (event.key === "Escape") event.target.blur();
    return;
  }
  const moves = { j: () => move(1), k: () => move(-1), x: choose, a: chooseAll, "?": help };
  const does = moves[key];
  if (does !== undefined) does();
  else if (!press(key)) return;
  event.preventDefault();
});
document.addEventListener("click", (event) => {
  if (event.target.closest(".keys") !== null) help();
});
document.addEventListener("submit", () => { leaving = true; });
for (const still of ["pageshow", "stayed"]) window.addEventListener(still, () => { leaving = false; });

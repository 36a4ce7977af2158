// Keys of the desk. Without this file everything works by Tab, Enter and the buttons.
"use strict";

const typing = (element) => element.closest("input, textarea, select, [contenteditable]") !== null;
const rows = () => [...document.querySelectorAll(".visits .finding > a")];

function move(step) {
  const all = rows();
  if (all.length === 0) return;
  const at = all.indexOf(document.activeElement);
  const next = at < 0 ? (step > 0 ? 0 : all.length - 1) : Math.min(all.length - 1, Math.max(0, at + step));
  all[next].focus();
  all[next].closest("tr").scrollIntoView({ block: "nearest" });
}

function help() {
  const sheet = document.getElementById("keys");
  if (sheet === null) return;
  if (sheet.open) sheet.close();
  else sheet.showModal();
}

function press(key) {
  const wanted = document.querySelector(`[data-key="${CSS.escape(key)}"]`);
  if (wanted === null) return false;
  if (wanted.dataset.needsNote !== undefined && document.getElementById("note").value.trim() === "") {
    document.getElementById("note").focus();
  } else {
    wanted.click();
  }
  return true;
}

document.addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey || event.repeat) return;
  if (typing(event.target)) {
    if (event.key === "Escape") event.target.blur();
    return;
  }
  const moves = { j: () => move(1), k: () => move(-1), "?": help };
  const does = moves[event.key];
  if (does !== undefined) does();
  else if (!press(event.key)) return;
  event.preventDefault();
});

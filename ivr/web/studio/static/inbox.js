// The inbox by keyboard: the page works without it, by Tab and Enter.
"use strict";
const items = [...document.querySelectorAll("[data-item]")];
const PLACE = "studio-inbox-place";
let at = Math.min(Number(sessionStorage.getItem(PLACE)) || 0, items.length - 1);

function select(place, isQuiet) {
  if (!items.length) return;
  at = Math.max(0, Math.min(place, items.length - 1));
  sessionStorage.setItem(PLACE, String(at));
  items[at].focus({ preventScroll: isQuiet });
  if (!isQuiet) items[at].scrollIntoView({ block: "nearest" });
}

function press(selector) {
  const button = items[at] && items[at].querySelector(selector);
  if (button) button.click();
}

function open(selector) {
  const item = items[at];
  if (!item) return;
  item.querySelector("[data-more]").open = true;
  const field = item.querySelector(selector);
  field.focus();
  field.select();
}

// Two wishes: what stands before the marked place stays, what comes after it becomes the second sentence.
function split() {
  const item = items[at];
  if (!item) return;
  item.querySelector("[data-more]").open = true;
  const first = item.querySelector("[data-sentence]");
  const second = item.querySelector("[data-second]");
  const seam = first.value.match(/\s+(?:and then|and also|and|och sedan|och|og så|og|ja sitten|ja)\s+/i);
  if (seam && !second.value) {
    second.value = first.value.slice(seam.index + seam[0].length);
    first.value = first.value.slice(0, seam.index);
  }
  item.querySelector("[data-second-intent]").focus();
}

const KEYS = {
  j: () => select(at + 1),
  k: () => select(at - 1),
  ArrowDown: () => select(at + 1),
  ArrowUp: () => select(at - 1),
  s: () => press("[data-skip]"),
  i: () => open("[data-intent]"),
  e: () => open("[data-sentence]"),
  x: split,
  Enter: () => press("[data-add]"),
  u: () => document.querySelector("[data-undo]").click(),
};

document.addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey) return;
  const field = event.target.closest("input, textarea, select");
  if (field) {
    if (event.key === "Escape") { field.blur(); select(at); }
    // The form's first button is a likely intent; Enter in a field means what the fields say.
    if (event.key === "Enter" && field.closest("[data-item]")) { event.preventDefault(); press("[data-add]"); }
    return;
  }
  if (event.key === "Enter" && event.target.closest("button, a, summary")) return;
  if (/^[1-9]$/.test(event.key)) { event.preventDefault(); press(`[data-likely="${event.key}"]`); return; }
  const act = KEYS[event.key];
  if (act) { event.preventDefault(); act(); }
});

items.forEach((item, place) => item.addEventListener("focusin", () => {
  at = place;
  sessionStorage.setItem(PLACE, String(at));
}));
if (document.querySelector(".notice.bad")) document.querySelector(".notice.bad").focus();
else select(at, at === 0);

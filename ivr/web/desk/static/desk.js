// The desk stays current by itself; forms work without this script too.
import { writeTimes } from "/staff/static/times.js";
import { pickUp } from "./phone.js";

const body = document.body;
const offset = Number(body.dataset.now) - Date.now();
const main = document.querySelector("main");
const shown = new Map();
const title = document.title;
let alarmed = "";
let begun = "";
let asked = "";
let wanted = "";
let lastSign = Date.now();
let lost;

for (const name of ["me", "house", "card", "notes", "callbacks", "talk", "earlier", "suggested", "waiting", "team"]) {
  const part = document.getElementById(name);
  if (part) shown.set(name, part.innerHTML);
}
settle(true, true);
setInterval(() => writeTimes(offset), 1000);
listen();

function listen() {
  const stream = new EventSource(`/desk/stream?page=${body.dataset.page}`);
  stream.onmessage = (event) => take(JSON.parse(event.data));
  stream.onopen = () => {
    clearTimeout(lost);
    warn("");
  };
  stream.onerror = () => {
    clearTimeout(lost);
    if (stream.readyState !== EventSource.CLOSED) {
      // Streams end now and then and come back within a second; only a longer silence is news.
      lost = setTimeout(() => warn("Reconnecting… what you see may be old."), 3000);
      return;
    }
    warn("The desk is not live. Trying again…");
    setTimeout(async () => {
      const answer = await fetch("/staff/here", { method: "POST", body: form({}), headers: { "X-Staff": "1" } }).catch(() => null);
      if (answer?.status === 401 || answer?.status === 403) location.assign("/staff/sign-in");
      else listen();
    }, 3000);
  };
}

function take(news) {
  if ("away" in news) warn(news.away ? "The records do not answer. What you see may be old." : "");
  if (!news.parts) return;
  const focused = document.activeElement?.id;
  const open = [...document.querySelectorAll("details[open]")].map((one) => one.id);
  let isAnythingNew = false;
  for (const [name, html] of Object.entries(news.parts)) isAnythingNew = put(name, html) || isAnythingNew;
  for (const [id, html] of news.lines) addLine(id, html);
  if (!isAnythingNew) return writeTimes(offset);
  for (const id of open) document.getElementById(id)?.setAttribute("open", "");
  if (focused && document.activeElement === body) {
    (document.getElementById(focused) ?? document.getElementById("card")).focus({ preventScroll: true });
  }
  settle(false, "talk" in news.parts);
}

function put(name, html) {
  const made = document.createElement("template");
  made.innerHTML = html;
  if (shown.get(name) === made.innerHTML) return false;
  shown.set(name, made.innerHTML);
  const part = document.getElementById(name);
  if (!part) return false;
  if (name === "notes") keepDraft(part, made.content);
  part.replaceChildren(made.content);
  return true;
}

/** What is typed stays when the form changes with the call, such as from talking to over. */
function keepDraft(part, content) {
  const before = part.querySelector("form");
  const after = content.querySelector("form");
  if (!before || before.dataset.transfer !== after?.dataset.transfer) {
    if (before && drafting) saveDraft(before);
    return;
  }
  // Only what was typed here: a draft saved while the page was loading is newer than an untouched form.
  const { notes, disposition } = before.elements;
  if (notes.value !== notes.defaultValue) after.elements.notes.value = notes.value;
  if (![...disposition].some((radio) => radio.checked !== radio.defaultChecked)) return;
  for (const radio of after.elements.disposition) radio.checked = radio.value === disposition.value;
}

function addLine(id, html) {
  const lines = document.getElementById("lines");
  if (!lines) return;
  const isAtEnd = lines.scrollHeight - lines.scrollTop - lines.clientHeight < 80;
  const made = document.createElement("template");
  made.innerHTML = html.trim();
  const known = document.getElementById(id);
  if (known) known.replaceWith(made.content);
  else lines.append(made.content);
  if (isAtEnd) scrollDown();
}

let drafting;
function saveDraft(notes) {
  clearTimeout(drafting);
  drafting = undefined;
  const fields = new URLSearchParams(new FormData(notes));
  // keepalive: a page that is left still hands over what was typed
  fetch(notes.action, { method: "POST", body: fields, headers: { "X-Staff": "1" }, keepalive: true }).catch(() => {});
}

document.addEventListener("input", (event) => {
  const notes = event.target.closest(".notes-form");
  if (!notes) return;
  clearTimeout(drafting);
  drafting = setTimeout(() => saveDraft(notes), 600);
});
addEventListener("pagehide", () => {
  const notes = document.querySelector(".notes-form");
  if (notes && drafting) saveDraft(notes);
});

function scrollDown() {
  const lines = document.getElementById("lines");
  if (lines) lines.scrollTop = lines.scrollHeight;
}

/** Brings what follows from the parts in line with them: layout, alarm, times. */
function settle(isFirst, isTalkNew) {
  const stage = document.querySelector("[data-stage]");
  main.dataset.call = stage ? "yes" : "no";
  // Accept on a desk that is the phone picks up first, and takes the caller once that is through.
  if (wanted && stage?.dataset.transfer === wanted && stage.dataset.stage === "briefing") {
    wanted = "";
    document.getElementById("accept")?.click();
  }
  // Whoever has the desk open gets the time to write: the phone does not ring meanwhile.
  if (document.getElementById("finish") && stage && begun !== stage.dataset.transfer) {
    begun = stage.dataset.transfer;
    fetch("/desk/wrap-up", { method: "POST", body: form({}), headers: { "X-Staff": "1" } }).catch(() => {});
  }
  if ((stage?.dataset.transfer ?? "") !== asked) {
    // Another caller, another language, other questions.
    asked = stage?.dataset.transfer ?? "";
    const spoken = document.querySelector("#suggested [data-language]")?.dataset.language;
    const select = document.getElementById("question-language");
    if ([...select.options].some((option) => option.value === spoken)) select.value = spoken;
    document.getElementById("ask").elements.q.value = "";
    document.getElementById("found").replaceChildren();
  }
  const alarm = stage?.dataset.alarm ?? "";
  document.title = alarm ? `● ${alarm}` : title;
  const key = alarm && stage.dataset.transfer;
  if (key !== alarmed) {
    document.getElementById("alarm").textContent = alarm;
    if (alarm && !isFirst) document.getElementById("card").scrollIntoView({ block: "nearest" });
    alarmed = key;
  }
  if (isTalkNew) scrollDown();
  writeTimes(offset);
}

function warn(text) {
  const banner = document.getElementById("away");
  banner.textContent = text;
  banner.hidden = !text;
}

function form(fields) {
  return new URLSearchParams({ csrf: body.dataset.csrf, ...fields });
}

let hiding;
function say(text, undo) {
  const said = document.getElementById("said");
  said.replaceChildren(Object.assign(document.createElement("span"), { textContent: text }));
  if (undo) {
    const button = Object.assign(document.createElement("button"), { type: "button", textContent: "Undo" });
    button.onclick = () => send("/desk/callbacks", form({ case_number: undo, outcome: "open" }));
    said.append(button);
  }
  said.hidden = false;
  clearTimeout(hiding);
  hiding = setTimeout(() => (said.hidden = true), undo ? 10000 : 6000);
}

async function send(url, fields) {
  lastSign = Date.now();
  const answer = await fetch(url, { method: "POST", body: fields, headers: { "X-Staff": "1" } }).catch(() => null);
  if (answer?.status === 401) return location.assign("/staff/sign-in");
  const said = await answer?.json().catch(() => null);
  say(said?.say ?? "That did not work. Reload the page and try again.", said?.undo);
}

document.addEventListener("submit", (event) => {
  const { target, submitter } = event;
  if (target.action.endsWith("/sign-out") || target.method === "get") return;
  event.preventDefault();
  if (submitter?.id === "accept" && "early" in submitter.dataset && pickUp()) {
    wanted = document.querySelector("[data-stage]").dataset.transfer;
    return;
  }
  const fields = new URLSearchParams(new FormData(target, submitter));
  target.closest("details")?.removeAttribute("open");
  if (target.matches(".notes-form")) {
    clearTimeout(drafting);
    drafting = undefined;
  }
  send(target.action, fields);
});

// Single keys, as on the phone; they can be switched off, and do nothing while a field has the focus.
const keys = document.getElementById("keys");
keys.hidden = false;
keys.setAttribute("aria-pressed", String(localStorage.getItem("desk-keys") !== "off"));
keys.onclick = () => {
  const isOn = keys.getAttribute("aria-pressed") !== "true";
  keys.setAttribute("aria-pressed", String(isOn));
  localStorage.setItem("desk-keys", isOn ? "on" : "off");
};

document.addEventListener("keydown", (event) => {
  signOfLife();
  const decline = document.getElementById("decline");
  if (event.key === "Escape" && decline?.open) {
    decline.open = false;
    document.getElementById("decline-open").focus();
  }
  if (event.key === "Enter" && (event.ctrlKey || event.metaKey) && event.target.closest(".notes-form")) {
    event.preventDefault();
    document.getElementById("finish")?.click();
  }
  if (event.key === "Escape" && event.target.closest("textarea, #question")) event.target.blur();
  if (event.ctrlKey || event.metaKey || event.altKey || event.target.closest("input, textarea, select")) return;
  if (keys.getAttribute("aria-pressed") !== "true") return;
  const button = { 1: "accept", h: "hold", b: "back-to-bot", c: "call-back" }[event.key.toLowerCase()];
  if (button) document.getElementById(button)?.click();
  if (event.key.toLowerCase() === "n" && document.getElementById("notes-text")) {
    event.preventDefault();
    document.getElementById("notes-text").focus();
  }
  if (event.key.toLowerCase() === "k" && document.getElementById("question").offsetParent) {
    event.preventDefault();
    document.getElementById("question").focus();
  }
  if (event.key === "3" && decline) {
    decline.open = true;
    decline.querySelector("button").focus();
  }
});
document.addEventListener("pointerdown", signOfLife);

/** Whoever reads and scrolls is there too: tells the server so now and then. */
function signOfLife() {
  if (Date.now() - lastSign < 240000) return;
  lastSign = Date.now();
  fetch("/staff/here", { method: "POST", body: form({}), headers: { "X-Staff": "1" } }).catch(() => {});
}

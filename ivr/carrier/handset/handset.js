// The phone on the page: what it shows and does in each state of its line.

import { Captions } from "./captions.js";
import { PhoneLine } from "./phone_line.js";
import { Sound } from "./sound.js";
import { KEYS } from "./tones.js";

const LETTERS = { 2: "ABC", 3: "DEF", 4: "GHI", 5: "JKL", 6: "MNO", 7: "PQRS", 8: "TUV", 9: "WXYZ", 0: "+" };
const BOT = "+46850000000";

const isAgent = location.pathname.replace(/\/$/, "").endsWith("/agent");
const role = isAgent
  ? {
      own: "agent",
      number: "+46850000001",
      title: "Agent’s phone",
      names: { bot: "Assistant", caller: "Caller", agent: "You" },
      idle: "Waiting for calls",
      invitation: "When a caller asks for a person, this phone rings. The assistant tells you first what it is about.",
    }
  : {
      own: "caller",
      number: "+46701234567",
      title: "Caller’s phone",
      names: { bot: "Assistant", caller: "You", agent: "Agent" },
      idle: "Ready to call",
      invitation: "Call, and what both of you say appears here. Try: “Where is my order?”",
    };

// A plus sign in an address means a space, and people write it all the same.
const wanted = new URLSearchParams(location.search).get("number")?.trim();
const number = wanted ? `+${wanted.replace(/\D/g, "")}` : role.number;

const REASONS = {
  completed: "Call ended",
  busy: "Busy",
  "no-answer": "No answer",
  failed: "The call could not be connected",
  canceled: "The caller has hung up",
};

const $ = (id) => document.getElementById(id);
const captions = new Captions($("captions"), $("empty"), role.names, role.own);
const line = new PhoneLine(number);
const sound = new Sound();

let state = "plugging";
let party = isAgent ? "" : BOT;
let answeredAt = 0;
let digits = "";
let isMuted = false;
let isRefused = false;
let isDialled = false;

// What is shown

function show(next, words) {
  state = next;
  const isTalking = next === "talking";
  const isRinging = next === "ringing";
  document.body.dataset.state = next;
  $("state").textContent = words;
  $("party").textContent = party ? pretty(party) : role.title;
  $("call").hidden = isTalking || next === "calling" || (isAgent && !isRinging);
  $("call").disabled = next === "plugging";
  $("call").querySelector("span").textContent = isRinging ? "Answer" : "Call";
  $("decline").hidden = !isRinging;
  $("hang-up").hidden = !(isTalking || next === "calling");
  $("mute").hidden = !isTalking;
  $("timer").hidden = !isTalking && next !== "over";
  for (const key of $("keypad").children) key.disabled = !isTalking;
  document.title = isRinging ? "📞 Incoming call" : isTalking ? "On a call" : role.title;
}

function pretty(phone) {
  const found = /^\+46(7\d|8)(\d{3})(\d{2,3})(\d{2,3})$/.exec(phone);
  return found ? `+46 ${found.slice(1).join(" ")}` : phone;
}

function clock() {
  const seconds = Math.floor((Date.now() - answeredAt) / 1000);
  return `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, "0")}`;
}

function notice(text) {
  $("notice").textContent = text;
  $("notice").hidden = !text;
}

function microphoneTrouble(error) {
  const why =
    {
      NotAllowedError: "The microphone is blocked. Allow it in the address bar to be heard.",
      NotFoundError: "No microphone was found.",
      NotReadableError: "Another program is using the microphone.",
      SecurityError: "The microphone needs a page on localhost or https.",
    }[error.name] ?? `The microphone could not be opened (${error.name}).`;
  notice(`${why} Listening and the keypad still work.`);
}

function showDigits(next) {
  digits = next.slice(-12);
  $("digits").textContent = digits;
}

// What the user does

async function wakeSound() {
  await sound.wake();
  if (sound.isMicrophoneOpen) return;
  try {
    await sound.openMicrophone();
    notice("");
  } catch (error) {
    microphoneTrouble(error);
  }
}

async function call() {
  if (state === "ringing") {
    sound.quiet();
    show("ringing", "Answering…");
    await wakeSound();
    line.tell({ do: "answer" });
    return;
  }
  if (isAgent || !["idle", "over"].includes(state)) return;
  captions.clear("");
  showDigits("");
  show("calling", "Opening the microphone…");
  await wakeSound();
  if (state !== "calling") return;
  line.tell({ do: "dial", to: party });
  isDialled = true;
  $("state").textContent = "Calling…";
}

function hangUp() {
  if (state === "ringing") line.tell({ do: "decline" });
  else if (state === "talking" || (state === "calling" && isDialled)) line.tell({ do: "hang_up" });
  else if (state === "calling") show("idle", role.idle);
}

function press(key) {
  if (state !== "talking" || !KEYS.includes(key)) return;
  line.tell({ do: "press", digit: key });
  sound.key(key);
  showDigits(digits + key);
  if (isAgent && (key === "1" || key === "3")) $("choices").hidden = true;
  for (const button of document.querySelectorAll(`[data-key="${key}"]`)) {
    button.classList.add("down");
    setTimeout(() => button.classList.remove("down"), 140);
  }
}

function mute() {
  isMuted = !isMuted;
  sound.mute(isMuted);
  $("mute").setAttribute("aria-pressed", String(isMuted));
  $("mute").querySelector("span").textContent = isMuted ? "Unmute" : "Mute";
}

// What the line does

const happened = {
  registered() {
    isRefused = false;
    notice("");
    captions.clear(role.invitation);
    show("idle", role.idle);
  },
  ringing({ from }) {
    party = from;
    captions.clear("A caller needs you. Answer, and you hear first what it is about.");
    showDigits("");
    show("ringing", "Incoming call");
    sound.ring();
    if (navigator.userActivation?.hasBeenActive) navigator.vibrate?.([300, 200, 300]);
    $("call").focus();
  },
  ringback() {
    sound.ringback();
    show("calling", "Ringing…");
  },
  answered() {
    sound.quiet();
    sound.listen(true);
    answeredAt = Date.now();
    $("timer").textContent = clock();
    $("choices").hidden = !isAgent;
    if (isMuted) mute();
    show("talking", "Connected");
    $("phone").focus({ preventScroll: true }); // not a button: a second Enter must not hang up
  },
  ended({ reason }) {
    const wasTalking = state === "talking";
    isDialled = false;
    sound.quiet();
    sound.listen(false);
    sound.closeMicrophone();
    $("choices").hidden = true;
    $("level").style.transform = "scaleX(0)";
    const words = REASONS[reason] ?? "Call ended";
    if (wasTalking) captions.note(`${words} · ${clock()}`);
    else captions.clear(role.invitation);
    if (isAgent) party = "";
    show(isAgent ? "idle" : "over", isAgent ? role.idle : words);
    $("phone").focus({ preventScroll: true });
  },
  said({ who, text }) {
    captions.add(who, text, state === "talking" ? clock() : "");
  },
  refused({ why }) {
    if (state === "plugging") {
      isRefused = true;
      notice(`This phone was refused: ${why}. Is it open in another window?`);
    } else if (state === "calling") {
      sound.quiet();
      notice(`The call was refused: ${why}.`);
      show("idle", role.idle);
    }
  },
};

line.addEventListener("event", ({ detail }) => happened[detail.event]?.(detail));
line.addEventListener("audio", ({ detail }) => state === "talking" && sound.play(detail));
line.addEventListener("unplugged", () => {
  if (state === "talking" || state === "calling" || state === "ringing") happened.ended({ reason: "failed" });
  show("plugging", "No phone network");
  if (!isRefused) notice("The local phone network does not answer. Start it with: make run");
});
sound.addEventListener("frame", ({ detail }) => {
  line.sendAudio(detail.frame);
  $("level").style.transform = `scaleX(${isMuted ? 0 : Math.min(1, Math.sqrt(detail.level) * 1.8)})`;
});

// The page

for (const key of KEYS) {
  const button = document.createElement("button");
  button.type = "button";
  button.dataset.key = key;
  button.disabled = true;
  button.setAttribute("aria-label", { "*": "star", "#": "hash" }[key] ?? key);
  button.append(key, Object.assign(document.createElement("small"), { textContent: LETTERS[key] ?? "\u00a0" }));
  $("keypad").append(button);
}
document.addEventListener("click", ({ target }) => {
  const button = target.closest("[data-key]");
  if (button) press(button.dataset.key);
  if (isAgent && sound.isAsleep) sound.wake();
});
document.addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey || event.repeat) return;
  if (event.key === "Escape") hangUp();
  else if (event.key === "Enter" && !event.target.closest("button")) call();
  else if (KEYS.includes(event.key)) press(event.key);
});
$("call").addEventListener("click", call);
$("hang-up").addEventListener("click", hangUp);
$("decline").addEventListener("click", hangUp);
$("mute").addEventListener("click", mute);
setInterval(() => state === "talking" && ($("timer").textContent = clock()), 500);

$("own").textContent = `${role.title} · ${pretty(number)}`;
document.body.classList.toggle("agent", isAgent);
if (isAgent && sound.isAsleep) {
  const hint = Object.assign(document.createElement("p"), { className: "hint" });
  hint.textContent = "Click anywhere once so that this phone may ring aloud.";
  document.querySelector(".display").after(hint);
  sound.context.onstatechange = () => sound.isAsleep || hint.remove();
}
show("plugging", "Connecting to the phone network…");

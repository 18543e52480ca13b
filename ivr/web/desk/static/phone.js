// The desk as the phone: the local handset in a frame, or Twilio's Voice JS SDK.

const panel = document.getElementById("phone");

/** Picks up when this page's own phone rings; says whether it did. */
export let pickUp = () => false;

// A phone in the page hangs up when the page goes: the browser asks first.
addEventListener("beforeunload", (event) => {
  const isHere = panel?.dataset.kind === "sdk" || panel?.querySelector("iframe[src]");
  if (isHere && document.querySelector('[data-stage="talking"], [data-stage="briefing"]')) event.preventDefault();
});

if (panel?.dataset.kind === "handset") frameHandset();
if (panel?.dataset.kind === "sdk") startSdk();

function frameHandset() {
  const frame = panel.querySelector("iframe");
  const load = () => {
    localStorage.setItem("desk-phone", panel.open ? "open" : "closed");
    // A phone in a closed panel stays plugged in: a call may be on it.
    if (panel.open && !frame.getAttribute("src")) frame.src = panel.dataset.address;
  };
  panel.addEventListener("toggle", load);
  panel.open = localStorage.getItem("desk-phone") === "open";
}

async function startSdk() {
  const state = document.getElementById("phone-state");
  const buttons = Object.fromEntries(["answer", "mute", "hang-up"].map((name) => [name, document.getElementById(`phone-${name}`)]));
  const show = (words, ...shown) => {
    state.textContent = words;
    for (const [name, button] of Object.entries(buttons)) button.hidden = !shown.includes(name);
  };
  const sign = async () => {
    const answer = await fetch("/desk/phone/token", { headers: { "X-Staff": "1" } });
    if (!answer.ok) throw new Error(`no token: ${answer.status}`);
    return (await answer.json()).token;
  };
  try {
    await loadScript(panel.dataset.address);
    const device = new Twilio.Device(await sign(), { closeProtection: true });
    device.on("registered", () => show("Ready. Calls ring here."));
    device.on("unregistered", () => show("Not connected. Reload the page to take calls."));
    device.on("error", (problem) => show(`The phone has a problem: ${problem.message}`));
    device.on("tokenWillExpire", () =>
      sign().then((token) => device.updateToken(token), () => show("Soon no calls ring here. Sign in again.")));
    device.on("incoming", (call) => ring(call));
    await device.register();
  } catch (problem) {
    show(`The phone did not start: ${problem.message}`);
  }

  function ring(call) {
    const over = () => {
      pickUp = () => false;
      show("Ready. Calls ring here.");
    };
    show("Ringing", "answer", "hang-up");
    pickUp = () => {
      call.accept();
      pickUp = () => false;
      return true;
    };
    buttons.answer.onclick = () => pickUp();
    buttons["hang-up"].onclick = () => (call.status() === "pending" ? call.reject() : call.disconnect());
    buttons.mute.onclick = () => {
      call.mute(!call.isMuted());
      buttons.mute.setAttribute("aria-pressed", String(call.isMuted()));
    };
    call.on("accept", () => show("Connected", "mute", "hang-up"));
    for (const end of ["disconnect", "cancel", "reject", "error"]) call.on(end, over);
  }
}

function loadScript(src) {
  return new Promise((done, failed) => {
    const script = Object.assign(document.createElement("script"), { src, onload: done });
    script.onerror = () => failed(new Error("its file cannot be loaded"));
    document.head.append(script);
  });
}

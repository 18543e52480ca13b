// Speak instead of typing: the microphone becomes a WAV of one channel, which the form sends as its recording.
"use strict";
const form = document.querySelector("[data-speak]");
const button = form && form.querySelector("[data-record]");
const state = form && form.querySelector("[data-recording]");
const LONGEST_MS = 20000;
let stop = null;

function wav(pieces, rate) {
  const length = pieces.reduce((sum, piece) => sum + piece.length, 0);
  const view = new DataView(new ArrayBuffer(44 + 2 * length));
  const word = (at, text) => [...text].forEach((letter, place) => view.setUint8(at + place, letter.charCodeAt(0)));
  word(0, "RIFF"); view.setUint32(4, 36 + 2 * length, true); word(8, "WAVEfmt ");
  view.setUint32(16, 16, true); view.setUint16(20, 1, true); view.setUint16(22, 1, true);
  view.setUint32(24, rate, true); view.setUint32(28, 2 * rate, true); view.setUint16(32, 2, true);
  view.setUint16(34, 16, true); word(36, "data"); view.setUint32(40, 2 * length, true);
  let at = 44;
  for (const piece of pieces) for (const sample of piece) {
    view.setInt16(at, Math.max(-1, Math.min(1, sample)) * 32767, true);
    at += 2;
  }
  return new File([view], "spoken.wav", { type: "audio/wav" });
}

async function record() {
  const stream = await navigator.mediaDevices.getUserMedia({ audio: { channelCount: 1 } });
  const context = new AudioContext({ sampleRate: 16000 });
  await context.audioWorklet.addModule("/studio/static/microphone.js");
  const pieces = [];
  const microphone = new AudioWorkletNode(context, "microphone");
  microphone.port.onmessage = (event) => pieces.push(event.data);
  context.createMediaStreamSource(stream).connect(microphone);
  button.setAttribute("aria-pressed", "true");
  button.textContent = "Stop and send";
  state.textContent = "Listening: say what a caller would say.";
  const limit = setTimeout(() => stop && stop(), LONGEST_MS - 500);
  stop = async () => {
    stop = null;
    clearTimeout(limit);
    stream.getTracks().forEach((track) => track.stop());
    await context.close();
    const files = new DataTransfer();
    files.items.add(wav(pieces, 16000));
    form.querySelector('[name="recording"]').files = files.files;
    state.textContent = "Recognising…";
    form.requestSubmit();
  };
}

if (button && navigator.mediaDevices && window.AudioWorkletNode) {
  button.hidden = false;
  button.addEventListener("click", () => {
    if (stop) { stop(); return; }
    record().catch(() => { state.textContent = "The microphone cannot be used here. Type, or choose a WAV file."; });
  });
}

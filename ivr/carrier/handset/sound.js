// Microphone and loudspeaker of the phone, on one audio context.

import { playKey, ring, ringback } from "./tones.js";

/** What the phone hears and says. Fires "frame" (detail: {frame, level}) for every 20 ms while `listen` is on. */
export class Sound extends EventTarget {
  constructor() {
    super();
    this.context = new AudioContext({ latencyHint: "interactive" });
    this.ready = this.prepare();
    this.stopTone = () => {};
    this.isMicrophoneOpen = false;
  }

  async prepare() {
    await Promise.all(["microphone.js", "speaker.js"].map((file) => this.context.audioWorklet.addModule(`/phone/${file}`)));
    this.microphone = new AudioWorkletNode(this.context, "microphone", { numberOfOutputs: 1 });
    this.speaker = new AudioWorkletNode(this.context, "speaker", { numberOfInputs: 0, outputChannelCount: [1] });
    this.microphone.port.onmessage = ({ data }) => {
      if (this.isListening) this.dispatchEvent(new CustomEvent("frame", { detail: data }));
    };
    // Its output is silence; being connected is what keeps it running, with or without a microphone.
    this.microphone.connect(this.context.destination);
    this.speaker.connect(this.context.destination);
  }

  /** Wake the sound up; browsers allow it only in answer to a click or a key. */
  async wake() {
    await this.context.resume();
    await this.ready;
  }

  get isAsleep() {
    return this.context.state !== "running";
  }

  /** Open the microphone. Rejects with the browser's reason when it is refused or missing. */
  async openMicrophone() {
    if (!navigator.mediaDevices) throw new DOMException("not a secure page", "SecurityError");
    this.stream = await navigator.mediaDevices.getUserMedia({
      audio: { echoCancellation: true, noiseSuppression: true, autoGainControl: true, channelCount: 1 },
    });
    await this.ready;
    this.source = new MediaStreamAudioSourceNode(this.context, { mediaStream: this.stream });
    this.source.connect(this.microphone);
    this.isMicrophoneOpen = true;
  }

  closeMicrophone() {
    this.source?.disconnect();
    for (const track of this.stream?.getTracks() ?? []) track.stop();
    this.isMicrophoneOpen = false;
  }

  listen(isListening) {
    this.isListening = isListening;
    if (!isListening) this.speaker?.port.postMessage(null);
  }

  mute(isMuted) {
    this.microphone.port.postMessage({ isMuted });
  }

  play(frame) {
    this.speaker?.port.postMessage(frame, [frame.buffer]);
  }

  key(key) {
    if (!this.isAsleep) playKey(this.context, key);
  }

  ring() {
    this.quiet();
    this.stopTone = ring(this.context);
  }

  ringback() {
    this.quiet();
    this.stopTone = ringback(this.context);
  }

  quiet() {
    this.stopTone();
    this.stopTone = () => {};
  }
}

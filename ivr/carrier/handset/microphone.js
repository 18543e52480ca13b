// Runs in the audio thread: the microphone becomes mu-law frames of 20 ms; silence when there is no microphone.

import { encode } from "./mulaw.js";
import { Resampler } from "./resampler.js";

const FRAME = 160;

class Microphone extends AudioWorkletProcessor {
  constructor() {
    super();
    this.resampler = new Resampler(sampleRate, 8000);
    this.waiting = [];
    this.isMuted = false;
    this.quiet = new Float32Array(128);
    this.port.onmessage = ({ data }) => (this.isMuted = data.isMuted);
  }

  process([input]) {
    const heard = input.length && !this.isMuted ? input[0] : this.quiet;
    this.waiting.push(...this.resampler.push(heard));
    while (this.waiting.length >= FRAME) this.send(this.waiting.splice(0, FRAME));
    return true;
  }

  send(samples) {
    const frame = Uint8Array.from(samples, encode);
    const level = Math.sqrt(samples.reduce((sum, sample) => sum + sample * sample, 0) / FRAME);
    this.port.postMessage({ frame, level }, [frame.buffer]);
  }
}

registerProcessor("microphone", Microphone);

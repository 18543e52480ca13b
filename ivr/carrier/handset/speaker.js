// Runs in the audio thread: mu-law frames from the line, evened out by a small buffer, at the device's own rate.

import { decode } from "./mulaw.js";
import { Resampler } from "./resampler.js";

const START_S = 0.06; // gathered before the first sound: three frames
const MOST_S = 0.3; // more than this waiting is lag the caller would notice
const QUIET = 0.003;

class Speaker extends AudioWorkletProcessor {
  constructor() {
    super();
    this.resampler = new Resampler(8000, sampleRate);
    this.waiting = [];
    this.isPlaying = false;
    this.last = 0;
    this.port.onmessage = ({ data }) => this.take(data);
  }

  take(frame) {
    if (frame === null) {
      this.waiting = [];
      this.isPlaying = false;
      return;
    }
    const samples = Float32Array.from(frame, decode);
    const isLate = this.waiting.length > MOST_S * sampleRate;
    if (isLate && samples.every((sample) => Math.abs(sample) < QUIET)) return; // catch up in pauses, not in words
    for (const sample of this.resampler.push(samples)) this.waiting.push(sample);
    if (this.waiting.length > START_S * sampleRate) this.isPlaying = true;
  }

  process(_, [output]) {
    const wanted = output[0].length;
    if (this.isPlaying && this.waiting.length < wanted) this.isPlaying = false;
    const played = this.isPlaying ? this.waiting.splice(0, wanted) : [];
    for (let index = 0; index < wanted; index++) {
      // A gap fades from the last sample instead of clicking.
      this.last = index < played.length ? played[index] : this.last * 0.97;
      for (const channel of output) channel[index] = this.last;
    }
    return true;
  }
}

registerProcessor("speaker", Speaker);

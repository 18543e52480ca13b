// Changing the sample rate of a stream, band-limited, in either direction.

const LOBES = 12; // zero crossings of the sinc on each side: about 70 dB of stop band
const PHASES = 256; // places between two samples for which the filter is worked out beforehand

/** A windowed-sinc interpolator; `push` takes samples and returns what can be given out by now. */
export class Resampler {
  constructor(fromHz, toHz) {
    this.step = fromHz / toHz;
    // The edge lies at 3.4 of 4 kHz: what is above would come back as false tones.
    const cutoff = 0.85 * Math.min(1, toHz / fromHz);
    this.reach = Math.ceil(LOBES / cutoff);
    this.kernels = Array.from({ length: PHASES + 1 }, (_, phase) => kernel(phase / PHASES, cutoff, this.reach));
    this.held = new Float32Array(2 * this.reach);
    this.position = this.reach;
  }

  push(samples) {
    const held = new Float32Array(this.held.length + samples.length);
    held.set(this.held);
    held.set(samples, this.held.length);
    const made = [];
    while (this.position + this.reach < held.length) {
      made.push(this.at(held, this.position));
      this.position += this.step;
    }
    const spent = Math.max(0, Math.floor(this.position) - this.reach);
    this.held = held.slice(spent);
    this.position -= spent;
    return made;
  }

  at(held, position) {
    const middle = Math.floor(position);
    const taps = this.kernels[Math.round((position - middle) * PHASES)];
    const first = middle - this.reach + 1;
    let sum = 0;
    for (let index = 0; index < taps.length; index++) sum += held[first + index] * taps[index];
    return sum;
  }
}

/** A sinc under a Hann window, for a point this far (0 to 1) after a sample. */
function kernel(fraction, cutoff, reach) {
  return Float32Array.from({ length: 2 * reach }, (_, index) => {
    const distance = fraction + reach - 1 - index;
    const window = Math.cos((Math.PI * distance) / (2 * reach)) ** 2;
    const x = Math.PI * distance * cutoff;
    return window * (x === 0 ? cutoff : (cutoff * Math.sin(x)) / x);
  });
}

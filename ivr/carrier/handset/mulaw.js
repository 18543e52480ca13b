// G.711 mu-law, one byte a sample: what the phone wire carries.

const BIAS = 0x84;
const CLIP = 32635;

export const SILENCE = 0xff;

/** Encode one sample in [-1, 1]. */
export function encode(sample) {
  let value = Math.round(sample * 32768);
  const sign = value < 0 ? 0x80 : 0;
  value = Math.min(Math.abs(value), CLIP) + BIAS;
  const exponent = 24 - Math.clz32(value);
  const mantissa = (value >> (exponent + 3)) & 0x0f;
  return ~(sign | (exponent << 4) | mantissa) & 0xff;
}

const TABLE = Float32Array.from({ length: 256 }, (_, byte) => {
  const code = ~byte & 0xff;
  const exponent = (code >> 4) & 7;
  const magnitude = ((((code & 0x0f) << 3) + BIAS) << exponent) - BIAS;
  return (code & 0x80 ? -magnitude : magnitude) / 32768;
});

/** Decode one byte to a sample in [-1, 1]. */
export const decode = (byte) => TABLE[byte];

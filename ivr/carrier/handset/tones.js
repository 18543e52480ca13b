// The sounds a phone makes itself: keys, ringing, and the tone while the other side rings.

const ROWS = [697, 770, 852, 941];
const COLUMNS = [1209, 1336, 1477];
export const KEYS = "123456789*0#";

/** The two frequencies of a key (ITU-T Q.23). */
export function frequencies(key) {
  const index = KEYS.indexOf(key);
  return [ROWS[Math.floor(index / 3)], COLUMNS[index % 3]];
}

/** Play a key's tone for 120 ms. */
export function playKey(context, key) {
  chord(context, frequencies(key), context.currentTime, 0.12, 0.09);
}

/** Ring until the returned function is called: a soft pair of notes, every three seconds. */
export function ring(context) {
  return repeat(3000, () => {
    for (let beat = 0; beat < 4; beat++) {
      const at = context.currentTime + beat * 0.22;
      chord(context, beat % 2 ? [659.3, 987.8] : [523.3, 784], at, 0.2, 0.12);
    }
  });
}

/** The tone a caller hears while the other side rings (425 Hz, 1 s in 5), until the returned function is called. */
export function ringback(context) {
  return repeat(5000, () => chord(context, [425], context.currentTime, 1, 0.05));
}

function repeat(everyMs, play) {
  play();
  const timer = setInterval(play, everyMs);
  return () => clearInterval(timer);
}

function chord(context, tones, at, seconds, loudness) {
  const gain = new GainNode(context, { gain: 0 });
  gain.gain.setValueAtTime(0, at);
  gain.gain.linearRampToValueAtTime(loudness, at + 0.01);
  gain.gain.setValueAtTime(loudness, at + seconds - 0.03);
  gain.gain.linearRampToValueAtTime(0, at + seconds);
  gain.connect(context.destination);
  for (const frequency of tones) {
    const tone = new OscillatorNode(context, { frequency });
    tone.connect(gain);
    tone.start(at);
    tone.stop(at + seconds);
  }
}

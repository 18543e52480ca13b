"""What a line adds to speech: background noise, the faint hiss of silence, and lost packets."""

import numpy as np

from ivr.audio.frames import FRAME_SAMPLES, SAMPLE_RATE_HZ
from ivr.audio.levels import FLOOR_DBFS, active_rms_dbfs, rms_dbfs
from ivr.audio.resample import resample
from ivr.audio.wav import WavUnreadable, read_wav
from ivr.carrier.call_script import Noise, Voice
from ivr.carrier.caller_voice import SPEECH_DBFS, VoiceUnavailable, espeak

COMFORT_DBFS = -66.0  # an open line is never digitally silent
LOOP_S = 20.0

_BABBLE = (
    ("en-us+f2", "The meeting moved to Thursday, so we have the afternoon to finish the plan."),
    ("en-gb+m3", "Could you put those boxes over there, no, a little to the left, thank you, that is fine."),
    ("en-gb-scotland+f4", "She told me the train was late again and the platform was full of people."),
    ("en-us+m7", "I would rather have soup today, it is cold outside and the salad bar was empty by noon."),
    ("en-029+f5", "We counted everything twice and the sum was wrong, so somebody missed a page."),
)


class Line:
    """Turns what the caller says into what the line delivers, frame by frame; one per phone, seeded."""

    def __init__(self, background: np.ndarray, packet_loss: float, seed: int) -> None:
        self._background = background
        self._position = 0
        self._packet_loss = packet_loss
        self._random = np.random.default_rng(seed)

    def frame(self, speech: np.ndarray | None) -> np.ndarray:
        """Return the next 20 ms as float32: speech over the background; zeros for a lost packet."""
        at = (self._position + np.arange(FRAME_SAMPLES)) % self._background.size
        self._position += FRAME_SAMPLES
        lost = self._random.random() < self._packet_loss
        if lost:
            return np.zeros(FRAME_SAMPLES, np.float32)
        mixed = self._background[at] if speech is None else self._background[at] + speech
        clipped: np.ndarray = np.clip(mixed, -1.0, 1.0).astype(np.float32)
        return clipped


def open_line(noise: Noise | None, packet_loss: float, seed: int) -> Line:
    """Make the line a script asks for. Raises VoiceUnavailable when its noise cannot be made."""
    return Line(background(noise, seed), packet_loss, seed)


def background(noise: Noise | None, seed: int) -> np.ndarray:
    """Return a loop of background: mono float32 at 8 kHz; comfort noise when no noise is asked for.

    `snr_db` is the active level of the caller's speech over the level of the noise.
    """
    random = np.random.default_rng(seed)
    if noise is None:
        return _at_level(_white(random), COMFORT_DBFS)
    made = _recorded(noise) if noise.file is not None else _generated(noise, random)
    return _at_level(made, SPEECH_DBFS - noise.snr_db)


def _recorded(noise: Noise) -> np.ndarray:
    assert noise.file is not None
    try:
        audio, rate_hz = read_wav(noise.file)
    except (OSError, WavUnreadable) as wrong:
        raise VoiceUnavailable(f"the noise {noise.file} cannot be played: {wrong}") from None
    if rms_dbfs(audio) <= FLOOR_DBFS or audio.size < rate_hz // 2:
        raise VoiceUnavailable(f"the noise {noise.file} is silent or shorter than half a second")
    return resample(audio, rate_hz, SAMPLE_RATE_HZ)


def _generated(noise: Noise, random: np.random.Generator) -> np.ndarray:
    if noise.kind == "white":
        return _white(random)
    if noise.kind == "pink":
        return _pink(random)
    babble = _babble(random)
    if noise.kind == "babble":
        return babble
    keys = _keystrokes(random)
    return babble + 0.5 * _at_level(_pink(random), active_rms_dbfs(babble, SAMPLE_RATE_HZ)) + keys


def _white(random: np.random.Generator) -> np.ndarray:
    noise: np.ndarray = random.standard_normal(int(LOOP_S * SAMPLE_RATE_HZ))
    return noise


def _pink(random: np.random.Generator) -> np.ndarray:
    """Noise whose power falls by 3 dB an octave, as air conditioning and traffic do."""
    spectrum = np.fft.rfft(_white(random))
    frequency = np.maximum(np.fft.rfftfreq(int(LOOP_S * SAMPLE_RATE_HZ), 1 / SAMPLE_RATE_HZ), 20.0)
    pink: np.ndarray = np.fft.irfft(spectrum / np.sqrt(frequency), int(LOOP_S * SAMPLE_RATE_HZ))
    return pink


def _babble(random: np.random.Generator) -> np.ndarray:
    """Several people talking at once, each starting somewhere else in the loop."""
    loop = np.zeros(int(LOOP_S * SAMPLE_RATE_HZ))
    for name, text in _BABBLE:
        said = espeak(text, Voice.model_validate(name))
        said = _at_level(said, -26.0)
        start = int(random.integers(loop.size))
        said = np.concatenate([said, np.zeros(SAMPLE_RATE_HZ)])[: loop.size]
        for repeat in range(loop.size // said.size):
            loop[(start + repeat * said.size + np.arange(said.size)) % loop.size] += said
    return loop


def _keystrokes(random: np.random.Generator) -> np.ndarray:
    """Somebody typing: short clicks, about four a second, with pauses to think."""
    loop = np.zeros(int(LOOP_S * SAMPLE_RATE_HZ))
    at = 0.0
    while at < LOOP_S - 0.1:
        start = int(at * SAMPLE_RATE_HZ)
        click = random.standard_normal(80) * np.exp(-np.arange(80) / 12.0)
        loop[start : start + 80] += 0.25 * click
        at += float(random.exponential(0.2)) + (1.5 if random.random() < 0.08 else 0.05)
    return loop


def _at_level(audio: np.ndarray, dbfs: float) -> np.ndarray:
    scaled: np.ndarray = (audio * 10 ** ((dbfs - rms_dbfs(audio)) / 20)).astype(np.float32)
    return scaled

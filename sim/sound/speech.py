"""Speech that says nothing: a source-filter synthesiser after Klatt (JASA 67, 1980), wordless by construction.

Syllables of a consonant and a vowel in the four tones of Mandarin, in phrases with pauses. The voice is a glottal
pulse train (KLGLOTT88) with jitter and breath, shaped frame by frame by five formants whose frequencies fall with the
length of the vocal tract. Each voice also has small habits of its own, drawn from its two numbers, so that one voice
is like itself in every text and unlike others.
"""

from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from edge_agent.readings import SAMPLE_RATE_HZ
from sim.script import Voice

FRAMES_PER_S = 100
HOP = SAMPLE_RATE_HZ // FRAMES_PER_S
FRAME = 2 * HOP
FFT = 4 * HOP
FREQUENCY_HZ = np.fft.rfftfreq(FFT, 1 / SAMPLE_RATE_HZ)
SPEECH_RMS = 0.05

# F1, F2, F3 of an adult man in Hz: Peterson and Barney, JASA 24, 1952.
VOWELS_HZ = np.array(
    [(730, 1090, 2440), (270, 2290, 3010), (300, 870, 2240), (530, 1840, 2480), (570, 840, 2410), (490, 1350, 1690)],
    dtype=np.float64,
)
NASAL_HZ = (250.0, 1200.0, 2200.0)
HIGH_FORMANTS_HZ = (3500.0, 4500.0)
BANDWIDTHS_HZ = np.array([70.0, 90.0, 130.0, 200.0, 300.0])
# Semitones at the beginning and the end of a syllable in the four tones.
TONES = np.array([(3.0, 3.0), (-2.0, 3.0), (-3.0, -1.0), (4.0, -4.0)])
# Centre and width of a fricative's noise in Hz, and how loud it is: s, sh, f, h.
FRICATIVES = np.array([(6200.0, 1500.0, 0.15), (3600.0, 1200.0, 0.20), (5000.0, 4000.0, 0.05), (1800.0, 1500.0, 0.08)])

Frames = NDArray[np.float64]


@dataclass(frozen=True)
class _Habits:
    """What is a voice's own beside pitch and tract."""

    vowels_hz: Frames
    formant_ratio: Frames
    bandwidth_ratio: Frames
    open_quotient: float
    breath: float
    timbre_db: Frames
    liveliness: float
    syllable_s: float


@dataclass
class _Score:
    """What the synthesiser plays, one value a frame of 10 ms."""

    formants_hz: Frames
    semitones: Frames
    voicing: Frames
    noise: Frames
    noise_centre_hz: Frames
    noise_width_hz: Frames

    @classmethod
    def blank(cls, frames: int) -> "_Score":
        zeros = [np.zeros(frames) for _ in range(4)]
        return cls(np.tile(VOWELS_HZ[5], (frames, 1)), zeros[0], zeros[1], zeros[2], zeros[3], np.full(frames, 1000.0))


def synthesise_speech(voice: Voice, duration_s: float, rng: np.random.Generator) -> NDArray[np.float32]:
    """Speech of one voice, float32 [duration_s x 16 kHz], at about -26 dB full scale where it speaks.

    ``rng`` decides the text; the voice stays the voice.
    """
    samples = round(duration_s * SAMPLE_RATE_HZ)
    habits = _habits(voice)
    score = _write_score(samples // HOP + 2, habits, rng)
    source = _glottis(voice, habits, score, rng)
    voiced = _spectra(source) * _formant_response(voice, habits, score)
    hiss = _spectra(rng.standard_normal(len(source))) * _noise_response(score)
    sound = _overlap_add(voiced * score.voicing[:, None] * 0.2 + hiss)[:samples]
    spoken_samples = samples * float(np.mean(score.voicing > 0))
    level = float(np.sqrt(np.sum(sound**2) / max(spoken_samples, 1.0)))
    return np.asarray(sound * (SPEECH_RMS / max(level, 1e-9)), np.float32)


def _habits(voice: Voice) -> _Habits:
    own = np.random.default_rng([round(voice.pitch_hz * 10), round(voice.tract * 1000)])
    return _Habits(
        vowels_hz=VOWELS_HZ * (1 + own.normal(0, 0.1, VOWELS_HZ.shape)),
        formant_ratio=1 + own.normal(0, 0.1, 5),
        bandwidth_ratio=np.exp(own.normal(0, 0.25, 5)),
        open_quotient=own.uniform(0.45, 0.75),
        breath=10 ** own.uniform(-2, -0.5),
        timbre_db=np.cumsum(own.normal(0, 6.0, 12)),
        liveliness=own.uniform(0.5, 1.6),
        syllable_s=own.uniform(0.17, 0.25),
    )


def _write_score(frames: int, habits: _Habits, rng: np.random.Generator) -> _Score:
    score = _Score.blank(frames)
    at = int(rng.integers(2, 20))
    while at < frames:
        at = _write_phrase(score, at, habits, rng) + int(rng.integers(20, 55))
    for track in (score.voicing, score.noise):
        track[:] = _smooth(track, 3)
    score.formants_hz = np.stack([_smooth(track, 5) for track in score.formants_hz.T], axis=1)
    return score


def _write_phrase(score: _Score, at: int, habits: _Habits, rng: np.random.Generator) -> int:
    syllables = int(rng.integers(4, 11))
    lengths = np.maximum(rng.normal(habits.syllable_s, 0.03, syllables) * FRAMES_PER_S, 8).astype(int)
    edges = at + np.concatenate([[0], np.cumsum(lengths)])
    score.semitones[at : edges[-1]] += np.linspace(0, -3, edges[-1] - at)[: len(score.semitones) - at]
    for begin, end in pairwise(edges.tolist()):
        if begin < len(score.voicing):
            _write_vowel(score, begin, end, habits.vowels_hz, rng)
            _write_onset(score, begin, rng)
    return int(edges[-1])


def _write_vowel(score: _Score, begin: int, end: int, vowels_hz: Frames, rng: np.random.Generator) -> None:
    """A vowel in one of the tones, which in two of five glides into another."""
    first, last = vowels_hz[rng.integers(len(vowels_hz), size=2)]
    path = np.linspace(0, 1, end - begin)[: len(score.voicing) - begin]
    glide = (last - first) * (rng.random() < 0.4)
    score.formants_hz[begin:end] = first + path[:, None] * glide
    start, stop = TONES[rng.integers(len(TONES))]
    score.semitones[begin:end] += start + path * (stop - start)
    score.voicing[begin : end - 1] = rng.uniform(0.7, 1.0)


def _write_onset(score: _Score, begin: int, rng: np.random.Generator) -> None:
    """A fricative, a stop (closed, then a burst), a nasal, or nothing before the vowel."""
    kind, onset = rng.random(), begin + int(rng.integers(4, 8))
    if kind < 0.65:
        centre, width, gain = FRICATIVES[rng.integers(len(FRICATIVES))]
        score.voicing[begin:onset] = 0.0
        score.noise[(begin if kind < 0.4 else onset - 2) : onset] = gain * rng.uniform(0.6, 1.2)
        score.noise_centre_hz[begin:onset], score.noise_width_hz[begin:onset] = centre, width
    elif kind < 0.85:
        score.voicing[begin:onset] = 0.3
        score.formants_hz[begin:onset] = NASAL_HZ


def _smooth(track: Frames, width: int) -> Frames:
    window = np.hanning(width + 2)[1:-1]
    padded = np.pad(track, width // 2, mode="edge")
    return np.convolve(padded, window / window.sum(), mode="valid")


def _glottis(voice: Voice, habits: _Habits, score: _Score, rng: np.random.Generator) -> Frames:
    """Derivative of the glottal flow, KLGLOTT88, with the breath that flows while the glottis is open."""
    length = (len(score.voicing) - 1) * HOP + FRAME
    wander = _smooth(rng.normal(0, 1.0, len(score.semitones)), 5) * 0.12
    semitones = habits.liveliness * _smooth(score.semitones, 5) + wander
    at = np.arange(length) / HOP
    pitch = voice.pitch_hz * 2 ** (np.interp(at, np.arange(len(semitones)), semitones) / 12)
    phase = np.cumsum(pitch) / SAMPLE_RATE_HZ % 1.0
    opened = np.where(phase < habits.open_quotient, phase / habits.open_quotient, 0.0)
    breath = habits.breath * rng.standard_normal(length) * (opened > 0)
    source: Frames = 2 * opened - 3 * opened**2 + breath
    return source


def _spectra(sound: Frames) -> NDArray[np.complex64]:
    windows = np.lib.stride_tricks.sliding_window_view(sound, FRAME)[::HOP]
    return np.fft.rfft((windows * np.hanning(FRAME + 1)[:-1]).astype(np.float32), FFT).astype(np.complex64)


def _formant_response(voice: Voice, habits: _Habits, score: _Score) -> NDArray[np.complex64]:
    """Five resonators in cascade, each with unit gain at 0 Hz, and the voice's own timbre."""
    high = np.tile(HIGH_FORMANTS_HZ, (len(score.voicing), 1))
    formants_hz = np.hstack([score.formants_hz, high]) * habits.formant_ratio / voice.tract
    radius = np.exp(-np.pi * BANDWIDTHS_HZ * habits.bandwidth_ratio / SAMPLE_RATE_HZ)
    turn = (2 * radius * np.cos(2 * np.pi * formants_hz / SAMPLE_RATE_HZ)).astype(np.float32)
    delay = np.exp(-2j * np.pi * FREQUENCY_HZ / SAMPLE_RATE_HZ).astype(np.complex64)
    denominator = np.ones((len(turn), len(delay)), np.complex64)
    for index, r in enumerate(radius.astype(np.float32)):
        denominator *= 1 + r**2 * delay**2 - turn[:, index, None] * delay
    gain = np.prod(1 - turn + radius**2, axis=1)[:, None]
    timbre_db = np.interp(np.sqrt(FREQUENCY_HZ), np.linspace(10, 90, len(habits.timbre_db)), habits.timbre_db)
    response: NDArray[np.complex64] = (gain * 10 ** (timbre_db / 20)).astype(np.float32) / denominator
    return response


def _noise_response(score: _Score) -> NDArray[np.float32]:
    away = (FREQUENCY_HZ - score.noise_centre_hz[:, None]) / score.noise_width_hz[:, None]
    shape: NDArray[np.float32] = np.exp(-0.5 * away.astype(np.float32) ** 2) * score.noise[:, None].astype(np.float32)
    return shape


def _overlap_add(spectra: NDArray[np.complex64]) -> Frames:
    pieces = np.fft.irfft(spectra, FFT).reshape(len(spectra), FFT // HOP, HOP)
    sound = np.zeros((len(spectra) + FFT // HOP - 1, HOP))
    for index in range(FFT // HOP):
        sound[index : index + len(spectra)] += pieces[:, index]
    return sound.reshape(-1)

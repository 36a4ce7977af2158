"""Television as heard in a room: several voices in turn over a music bed, through a small loudspeaker."""

import numpy as np
from scipy import signal

from edge_agent.readings import SAMPLE_RATE_HZ
from sim.script import Voice
from sim.sound.shapes import Wave, as_wave, band_noise, decay, levelled, samples_in, slow_curve
from sim.sound.speech import synthesise_speech

_SCALE_SEMITONES = (0, 2, 4, 7, 9, 12, 14, 16)


def media(duration_s: float, rng: np.random.Generator) -> Wave:
    """Voices in turn over music, band-limited and compressed as a television does; float32 [n] at 16 kHz."""
    bed = music(duration_s, rng) * rng.uniform(0.25, 1.2)
    return on_television(_voices_in_turn(duration_s, rng) + bed, rng)


def music(duration_s: float, rng: np.random.Generator) -> Wave:
    """A simple tune with chords and a beat, at unit RMS."""
    n, beat_s, root_hz = samples_in(duration_s), rng.uniform(0.3, 0.7), rng.uniform(110, 330)
    whole = np.zeros(n, np.float32)
    for start in range(0, n, samples_in(beat_s)):
        length = min(samples_in(beat_s * 1.8), n - start)
        steps = rng.choice(_SCALE_SEMITONES, 3)
        chord = sum((_note(root_hz * 2 ** (step / 12), length, rng) for step in steps), np.zeros(length, np.float32))
        drum = band_noise(length, 60, 4000, rng) * decay(length, 0.03) * rng.choice([0.0, 1.5])
        whole[start : start + length] += chord + drum
    return levelled(whole, 0.0)


def on_television(programme: Wave, rng: np.random.Generator) -> Wave:
    """What a small loudspeaker makes of a programme: band-limited, compressed, at a usual level."""
    cabinet = signal.butter(2, (rng.uniform(120, 300), rng.uniform(4500, 7200)), "bandpass", fs=16_000, output="sos")
    loud = np.tanh(1.5 * levelled(programme, -3.0))
    return levelled(signal.sosfilt(cabinet, loud), rng.uniform(-38, -30))


def _voices_in_turn(duration_s: float, rng: np.random.Generator) -> Wave:
    voices = [Voice(rng.uniform(90, 260), rng.uniform(0.8, 1.05)) for _ in range(rng.integers(2, 5))]
    turns, left_s = [np.zeros(0, np.float32)], duration_s
    while left_s > 0:
        turn_s = min(left_s, rng.uniform(2.0, 5.0))
        turns.append(synthesise_speech(voices[rng.integers(len(voices))], turn_s, rng))
        left_s -= turn_s
    n = samples_in(duration_s)
    return levelled(np.resize(np.concatenate(turns), n), 0.0)


def _note(hz: float, n: int, rng: np.random.Generator) -> Wave:
    phase = 2 * np.pi * hz * np.arange(n) / SAMPLE_RATE_HZ
    tone = sum(np.sin(k * phase) / k ** rng.uniform(1, 2) for k in range(1, 6))
    return as_wave(tone * decay(n, rng.uniform(0.15, 0.8)) * (0.8 + 0.2 * slow_curve(n, 6, rng)))

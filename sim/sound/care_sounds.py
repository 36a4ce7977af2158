"""Sounds of a home, synthesised: one small function a cue, each at its usual level at the device.

Each takes seconds and a seeded generator and returns float32 [n] at 16 kHz; every call gives another take of the
same kind of sound. They are sketches of the physics (struck modes, bubbles, bristles), not recordings.
"""

from collections.abc import Callable, Mapping
from types import MappingProxyType

import numpy as np

from edge_agent.readings import SAMPLE_RATE_HZ
from sim.sound.media import media
from sim.sound.shapes import (
    Wave,
    as_wave,
    band_noise,
    coloured_noise,
    decay,
    event_times,
    levelled,
    samples_in,
    scattered,
    slow_curve,
    struck,
    swell,
)
from visit_record.vocabulary import SoundCue

Synthesiser = Callable[[float, np.random.Generator], Wave]


def tableware(duration_s: float, rng: np.random.Generator) -> Wave:
    """Plates, bowls and cutlery: struck modes of ceramic or metal, in loose clusters."""
    low_hz = rng.uniform(1200, 3200)

    def clink() -> Wave:
        return struck(low_hz, low_hz * rng.uniform(1.8, 3.0), rng.uniform(0.02, 0.15), rng) * rng.uniform(0.2, 1)

    moments = event_times(duration_s, rng.uniform(0.15, 0.45), 0.8, rng)
    scrape = band_noise(samples_in(duration_s), 2500, 7000, rng) * slow_curve(samples_in(duration_s), 3, rng) ** 4
    return levelled(scattered(duration_s, moments, clink) + 0.03 * scrape, rng.uniform(-36, -28))


def eating(duration_s: float, rng: np.random.Generator) -> Wave:
    """Chewing about 1.4 times a second: each bite a flurry of small cracks over a soft low body."""
    centre_hz = rng.uniform(900, 2200)

    def bite() -> Wave:
        n = samples_in(rng.uniform(0.18, 0.32))
        cracks = band_noise(n, centre_hz / 2, centre_hz * 2, rng) * (rng.random(n) < 0.02) * 4
        body = band_noise(n, 150, 700, rng) * 0.6 + band_noise(n, 500, 3000, rng) * slow_curve(n, 60, rng) ** 3
        return as_wave((cracks + body) * swell(n, 0.3) * rng.uniform(0.5, 1))

    return levelled(
        scattered(duration_s, event_times(duration_s, rng.uniform(0.55, 0.85), 0.2, rng), bite), rng.uniform(-40, -33)
    )


def water(duration_s: float, rng: np.random.Generator) -> Wave:
    """Running or poured water: a hiss that wavers, and bubbles whose pitch rises (Minnaert resonance)."""
    n = samples_in(duration_s)
    hiss = band_noise(n, rng.uniform(300, 900), rng.uniform(3500, 7000), rng) * (0.6 + 0.8 * slow_curve(n, 5, rng))

    def bubble() -> Wave:
        m = samples_in(rng.uniform(0.008, 0.03))
        place = np.arange(m) / SAMPLE_RATE_HZ
        hz = rng.uniform(350, 2500)
        rising = np.sin(2 * np.pi * hz * (1 + 4 * place) * place)
        return as_wave(rising * decay(m, m / 64_000) * rng.uniform(0.5, 4))

    bubbles = scattered(duration_s, event_times(duration_s, 1 / rng.uniform(30, 90), 0.9, rng), bubble)
    return levelled(hiss + rng.uniform(0.5, 2) * bubbles, rng.uniform(-38, -30))


def cloth(duration_s: float, rng: np.random.Generator) -> Wave:
    """Bedding and clothes pulled and smoothed: crackling strokes of noise, now and then a soft thump."""

    def stroke() -> Wave:
        n = samples_in(rng.uniform(0.2, 0.7))
        rustle = band_noise(n, rng.uniform(500, 1500), rng.uniform(3500, 6500), rng) * slow_curve(n, 90, rng) ** 3
        thump = band_noise(n, 50, 180, rng) * decay(n, 0.05) * rng.choice([0.0, 0.8])
        return as_wave((rustle + thump) * swell(n, rng.uniform(0.2, 0.6)) * rng.uniform(0.4, 1))

    return levelled(
        scattered(duration_s, event_times(duration_s, rng.uniform(0.5, 1.0), 0.7, rng), stroke), rng.uniform(-44, -36)
    )


def sweeping(duration_s: float, rng: np.random.Generator) -> Wave:
    """A broom: even strokes of bristle hiss, about 1.2 a second."""
    low_hz, every_s = rng.uniform(1000, 2200), rng.uniform(0.6, 1.1)

    def stroke() -> Wave:
        n = samples_in(every_s * rng.uniform(0.55, 0.8))
        return band_noise(n, low_hz, 7500, rng) * swell(n, 0.45) * (0.6 + 0.4 * slow_curve(n, 25, rng))

    return levelled(scattered(duration_s, event_times(duration_s, every_s, 0.12, rng), stroke), rng.uniform(-40, -32))


def appliance(duration_s: float, rng: np.random.Generator) -> Wave:
    """A fan, fridge, microwave or blender: mains hum, the harmonics of a motor, and steady air noise."""
    n = samples_in(duration_s)
    time_s = np.arange(n) / SAMPLE_RATE_HZ
    motor_hz = rng.uniform(90, 420) * (1 + 0.004 * (slow_curve(n, 0.5, rng) - 0.5))
    phase = 2 * np.pi * np.cumsum(motor_hz) / SAMPLE_RATE_HZ
    motor = sum(np.sin(k * phase + rng.uniform(0, 6)) * rng.uniform(0.2, 1) / k for k in range(1, 10))
    hum = sum(np.sin(2 * np.pi * 100 * k * time_s) * rng.uniform(0.2, 1) / k for k in range(1, 6))
    air = coloured_noise(n, rng.uniform(-6, -2), rng)
    return levelled(motor * rng.uniform(0, 1.2) + hum * rng.uniform(0.1, 1) + air, rng.uniform(-42, -30))


def footsteps(duration_s: float, rng: np.random.Generator) -> Wave:
    """Walking indoors: heel thumps with a short click and a scuff, about 1.8 a second."""
    heel_hz, hardness = rng.uniform(70, 160), rng.uniform(0.05, 0.5)

    def step() -> Wave:
        n = samples_in(0.22)
        thump = np.sin(2 * np.pi * heel_hz * np.arange(n) / SAMPLE_RATE_HZ) * decay(n, 0.03)
        click = band_noise(n, 900, 3500, rng) * decay(n, 0.008) * hardness
        scuff = band_noise(n, 800, 5000, rng) * swell(n, 0.5) * 0.05
        return as_wave((thump + click + scuff) * rng.uniform(0.6, 1))

    return levelled(
        scattered(duration_s, event_times(duration_s, rng.uniform(0.48, 0.65), 0.08, rng), step), rng.uniform(-44, -36)
    )


def door(duration_s: float, rng: np.random.Generator) -> Wave:
    """A door: the latch's two clicks, then a low boom with a rattle."""
    boom_hz = rng.uniform(50, 130)

    def slam() -> Wave:
        n = samples_in(0.9)
        latch = scattered(0.9, (0.01, rng.uniform(0.06, 0.15)), lambda: struck(1500, 5000, 0.012, rng))
        boom = np.sin(2 * np.pi * boom_hz * np.arange(n) / SAMPLE_RATE_HZ) * decay(n, 0.09) * 1.5
        knock = band_noise(n, 100, 900, rng) * decay(n, 0.05)
        late = np.roll(boom + knock, samples_in(0.16))
        late[: samples_in(0.16)] = 0
        return as_wave(latch * rng.uniform(0.3, 0.8) + late * rng.uniform(0.6, 1))

    moments = event_times(duration_s, rng.uniform(1.6, 3.0), 0.4, rng)
    return levelled(scattered(duration_s, moments, slam), rng.uniform(-38, -30))


def cough(duration_s: float, rng: np.random.Generator) -> Wave:
    """Coughs in bouts: a burst of air through the throat's formants, then a voiced tail."""
    throat_hz, pitch_hz = rng.uniform(450, 900), rng.uniform(110, 280)

    def one() -> Wave:
        n = samples_in(rng.uniform(0.22, 0.4))
        burst = band_noise(n, 300, 5500, rng) * decay(n, 0.045)
        throat = band_noise(n, throat_hz, throat_hz * 2.4, rng) * swell(n, 0.15)
        voiced = np.sign(np.sin(2 * np.pi * pitch_hz * np.arange(n) / SAMPLE_RATE_HZ)) * swell(n, 0.5) * 0.15
        return as_wave((burst * 1.5 + throat + voiced) * rng.uniform(0.5, 1))

    bouts = event_times(duration_s, rng.uniform(1.4, 2.4), 0.4, rng)
    moments = [bout + 0.42 * k for bout in bouts for k in range(rng.integers(2, 4)) if bout + 0.42 * k < duration_s]
    return levelled(scattered(duration_s, moments, one), rng.uniform(-36, -28))


def quiet(duration_s: float, rng: np.random.Generator) -> Wave:
    """Room tone: what a microphone gives when nobody makes a sound."""
    return levelled(coloured_noise(samples_in(duration_s), rng.uniform(-5, -1), rng), rng.uniform(-72, -60))


SYNTHESISERS: Mapping[SoundCue, Synthesiser] = MappingProxyType(
    {
        SoundCue.MEDIA: media,
        SoundCue.TABLEWARE: tableware,
        SoundCue.EATING: eating,
        SoundCue.WATER: water,
        SoundCue.CLOTH: cloth,
        SoundCue.SWEEPING: sweeping,
        SoundCue.APPLIANCE: appliance,
        SoundCue.FOOTSTEPS: footsteps,
        SoundCue.DOOR: door,
        SoundCue.COUGH: cough,
        SoundCue.QUIET: quiet,
    }
)
"""Every cue but speech, which needs a voice: :func:`sim.sound.speech.synthesise_speech`."""

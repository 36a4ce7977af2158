"""A sound of any length from a few rendered takes, never the same twice."""

from collections.abc import Callable

import numpy as np
from scipy import signal

from edge_agent.readings import SAMPLE_RATE_HZ
from sim.sound.shapes import Wave, as_wave, decay, levelled, samples_in

TAKES = 4
TAKE_S = 8.0
FADE_S = 0.05


class EndlessSound:
    """Random cuts of a few takes, each played a little faster or slower, cross-faded at equal power.

    Rendering takes much longer than cutting; exact repetition would look like replayed evidence.
    """

    def __init__(
        self, synthesise: Callable[[float, np.random.Generator], Wave], rng: np.random.Generator, direct: float = 1.0
    ) -> None:
        self._rng, response = rng, room_response(rng, direct)
        self._takes = [in_room(synthesise(TAKE_S, rng), response) for _ in range(TAKES)]
        self._ahead = self._cut()

    def next(self, n: int) -> Wave:
        """The next ``n`` samples."""
        while len(self._ahead) < n + samples_in(FADE_S):
            self._ahead = _cross_faded(self._ahead, self._cut())
        out, self._ahead = self._ahead[:n], self._ahead[n:]
        return out

    def _cut(self) -> Wave:
        take = self._takes[self._rng.integers(TAKES)]
        length = samples_in(self._rng.uniform(2.5, 6.0))
        start = self._rng.integers(len(take) - length)
        speed = self._rng.uniform(0.985, 1.015)
        places = np.arange(0, length - 1, speed)
        cut = np.interp(places, np.arange(length), take[start : start + length])
        return as_wave(cut * 10 ** (self._rng.uniform(-1.5, 1.5) / 20))


def room_response(rng: np.random.Generator, direct: float = 1.0) -> Wave:
    """A small furnished room: the direct sound, a few early reflections, a tail of 0.15-0.4 s at 60 dB down.

    ``direct`` is the direct sound relative to that at the usual distance; what the room reflects stays the same.
    """
    tail_s = rng.uniform(0.15, 0.4)
    tail = rng.standard_normal(samples_in(tail_s)) * decay(samples_in(tail_s), tail_s / 6.9)
    response = levelled(tail, 0.0) * 10 ** (rng.uniform(-12, -4) / 20) / np.sqrt(len(tail))
    response[rng.integers(16, samples_in(0.02), 4)] += rng.uniform(-0.5, 0.5, 4)
    response[0] = direct
    return as_wave(response)


def in_room(wave: Wave, response: Wave) -> Wave:
    """A dry sound as the room gives it to the microphone, of the same length."""
    return as_wave(signal.oaconvolve(wave, response)[: len(wave)])


def faded(wave: Wave, first: bool, last: bool) -> Wave:
    """Fade in where a sound begins and out where it ends, lest the cut click."""
    n = min(len(wave), round(0.02 * SAMPLE_RATE_HZ))
    ramp = np.linspace(0, 1, n, dtype=np.float32)
    shaped = wave.copy()
    if first:
        shaped[:n] *= ramp
    if last:
        shaped[len(shaped) - n :] *= ramp[::-1]
    return shaped


def _cross_faded(before: Wave, after: Wave) -> Wave:
    n = samples_in(FADE_S)
    angle = np.linspace(0, np.pi / 2, n, dtype=np.float32)
    joint = before[-n:] * np.cos(angle) + after[:n] * np.sin(angle)
    return np.concatenate([before[:-n], joint, after[n:]])

"""A room that speech crosses: image sources of a shoebox, after Allen and Berkley (JASA 65, 1979)."""

from collections.abc import Sequence
from functools import cache

import numpy as np
from numpy.typing import NDArray
from scipy import signal

SAMPLE_RATE_HZ = 16_000
SPEED_M_S = 343.0
# Clear of the walls.
MARGIN_M = 0.3
ROOMS = 16

Response = NDArray[np.float32]
Vector = NDArray[np.float64]


def living_room(distance_m: float, rng: np.random.Generator) -> Response:
    """Response from a speaker to a microphone at a wall, so many metres apart: 6-7.5 x 4-5.5 x 2.5-2.8 m, 0.35-0.6 s.

    The largest value is 1; it comes 0.5 ms after the beginning, so that speech keeps its place.
    """
    size_m = np.array([rng.uniform(6, 7.5), rng.uniform(4, 5.5), rng.uniform(2.5, 2.8)])
    microphone_m = np.array([rng.uniform(0.3, 0.8), rng.uniform(1, size_m[1] - 1), rng.uniform(1, 1.6)])
    speaker_m = _placed(size_m, microphone_m, distance_m, rng)
    heard = _images(size_m, speaker_m, microphone_m, rng.uniform(0.35, 0.6))
    # No room holds a pressure that stands still, which images of one sign would add up to.
    heard = signal.sosfilt(signal.butter(2, 50, "highpass", fs=SAMPLE_RATE_HZ, output="sos"), heard)
    heard = heard[max(0, round(distance_m / SPEED_M_S * SAMPLE_RATE_HZ) - 8) :]
    return np.asarray(heard / np.abs(heard).max(), np.float32)


@cache
def rooms(distance_m: float) -> tuple[Response, ...]:
    """Sixteen such rooms, always the same."""
    return tuple(living_room(distance_m, np.random.default_rng([seed, 5])) for seed in range(ROOMS))


def in_room(speech: NDArray[np.float32], response: Response) -> NDArray[np.float32]:
    """Speech as the room gives it, of the same length."""
    return np.asarray(signal.oaconvolve(speech, response)[: len(speech)], np.float32)


def _placed(size_m: Vector, microphone_m: Vector, distance_m: float, rng: np.random.Generator) -> Vector:
    while True:
        turn = rng.uniform(-0.5, 0.5)
        away_m = np.array([distance_m * np.cos(turn), distance_m * np.sin(turn), rng.uniform(-0.2, 0.3)])
        speaker_m = np.asarray(microphone_m + away_m, np.float64)
        if np.all(speaker_m > MARGIN_M) and np.all(speaker_m < size_m - MARGIN_M):
            return speaker_m


def _images(size_m: Vector, speaker_m: Vector, microphone_m: Vector, reverberation_s: float) -> Vector:
    """All images of the speaker whose sound arrives within the reverberation time (to -60 dB, after Eyring)."""
    surface_m2 = 2 * (size_m[0] * size_m[1] + size_m[0] * size_m[2] + size_m[1] * size_m[2])
    reflection = np.exp(-0.5 * 0.161 * size_m.prod() / (surface_m2 * reverberation_s))
    far_m, axes = reverberation_s * SPEED_M_S, []
    for length_m, speaker, microphone in zip(size_m, speaker_m, microphone_m, strict=True):
        room = np.arange(-np.ceil(far_m / (2 * length_m)), np.ceil(far_m / (2 * length_m)) + 1)
        along_m = np.concatenate([2 * room * length_m + speaker, 2 * room * length_m - speaker]) - microphone
        axes.append((along_m, np.concatenate([np.abs(2 * room), np.abs(2 * room - 1)])))
    away_m = np.sqrt(_all_sums([along**2 for along, _ in axes]))
    bounces = _all_sums([count for _, count in axes])
    arrives = np.round(away_m / SPEED_M_S * SAMPLE_RATE_HZ).astype(np.int64)
    near = away_m < far_m
    pressure = reflection ** bounces[near] / np.maximum(away_m[near], 0.1)
    return np.asarray(np.bincount(arrives[near], pressure), np.float64)


def _all_sums(axes: Sequence[Vector]) -> Vector:
    """Sums of one value of each of the three axes."""
    x, y, z = axes
    return np.asarray((x[:, None, None] + y[None, :, None] + z[None, None, :]).ravel(), np.float64)

"""An hour in which nothing is done but talk: people in the room, and a television. No cue of care is in it.

Read speech of LibriSpeech as it reaches a device across a room; the same as a television's programme over the
simulator's music; the simulator's own television. Only the voices are real: music and loudspeaker are synthetic data
alone.
"""

from collections.abc import Iterator, Sequence

import numpy as np
from numpy.typing import NDArray
from scipy import signal

from edge_agent.readings import SAMPLE_RATE_HZ
from models.care_sound import rooms
from models.care_sound.data import Clip
from sim.sound.media import media, music, on_television

TAKE_S = 10.0
TAKES = 360

Wave = NDArray[np.float32]


def hour_of_talk(speech: Sequence[Clip], seed: int) -> Iterator[Wave]:
    """360 takes of ten seconds: half people talking, a quarter real voices on television, a quarter all staged."""
    rng = np.random.default_rng(seed)
    for take in range(TAKES):
        voice = _stretch(speech[take % len(speech)].samples, rng)
        if take % 4 < 2:
            dry = voice
        elif take % 4 == 2:
            dry = on_television(rooms.at_level(voice, -3.0) + music(TAKE_S, rng) * rng.uniform(0.1, 1.0), rng)
        else:
            dry = media(TAKE_S, rng)
        yield _across_the_room(dry, rng)


def _stretch(samples: Wave, rng: np.random.Generator) -> Wave:
    """Ten seconds of an utterance, begun anywhere and begun anew where it ends."""
    count = int(TAKE_S * SAMPLE_RATE_HZ)
    return np.resize(np.roll(samples, -int(rng.integers(len(samples)))), count).astype(np.float32)


def _across_the_room(dry: Wave, rng: np.random.Generator) -> Wave:
    """The whole take through one room, at one of the levels that a device hears people at."""
    wet = signal.oaconvolve(dry, rooms.room(rng))[: len(dry)] if rng.random() < 0.7 else dry
    placed = rooms.at_level(wet.astype(np.float32), float(rng.uniform(-50, -22)))
    air = rng.standard_normal(len(placed)) * 10 ** (rng.uniform(-78, -62) / 20)
    return (placed + air).astype(np.float32)

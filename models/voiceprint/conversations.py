"""Several people in one room: turns of real speech, one after the other, through the device's own ears."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from edge_agent.observations import VoiceObservation
from edge_agent.perception.model_store import ModelStore
from edge_agent.perception.sound import SoundFramer
from edge_agent.perception.voice import Voiceprint
from edge_agent.perception.voice_perceiver import VoicePerceiver
from edge_agent.readings import HOP_SAMPLES, SAMPLE_RATE_HZ, SoundBlock
from models.voiceprint.corpus import Wave, spoken_rms
from models.voiceprint.rooms import in_room, living_room
from sim.sound.shapes import coloured_noise

SPEAKERS = (1, 2, 3, 4)
LENGTH_S = 60.0
TURN_S = (1.5, 6.0)
PAUSE_S = (0.1, 0.8)
LEVEL = 0.05
ROOM_TONE = 10 ** (-70 / 20)
SPOKEN_SHARE = 0.4


@dataclass(frozen=True, eq=False)
class Conversation:
    """A minute of talk; ``who`` int [n] is the index of who speaks at each sample, -1 in pauses."""

    samples: Wave
    who: NDArray[np.int64]


def converse(
    voices: Sequence[Wave], rng: np.random.Generator, *, in_a_room: bool, snr_db: float | None
) -> Conversation:
    """Turns of 1.5 to 6 s of one voice after another, 3 dB louder or softer, each from its own place 1-3 m away."""
    responses = [living_room(rng.uniform(1, 3), rng) if in_a_room else np.ones(1, np.float32) for _ in voices]
    waves: list[Wave] = []
    who: list[NDArray[np.int64]] = []
    places, last = [0] * len(voices), -1
    while sum(len(wave) for wave in waves) < LENGTH_S * SAMPLE_RATE_HZ:
        last = int(rng.choice([index for index in range(len(voices)) if index != last or len(voices) == 1]))
        length, pause = (round(rng.uniform(*bounds) * SAMPLE_RATE_HZ) for bounds in (TURN_S, PAUSE_S))
        said = np.take(voices[last], np.arange(places[last], places[last] + length), mode="wrap")
        places[last] += length
        said = in_room(said, responses[last])
        said *= np.float32(LEVEL * 10 ** (rng.uniform(-3, 3) / 20) / spoken_rms(said))
        waves += [said, np.zeros(pause, np.float32)]
        who += [np.full(length, last), np.full(pause, -1)]
    talk = np.concatenate(waves)
    noise = ROOM_TONE if snr_db is None else LEVEL * 10 ** (-snr_db / 20)
    return Conversation(np.asarray(talk + noise * coloured_noise(len(talk), -3, rng), np.float32), np.concatenate(who))


def overheard(talk: Conversation, store: ModelStore, enrolled: Voiceprint) -> list[VoiceObservation]:
    """What the device makes of it where it knows, from the turns, when somebody speaks."""
    perceiver, seen = VoicePerceiver(store, enrolled), []
    for window in SoundFramer().windows(SoundBlock(0, talk.samples)):
        begin = window.at_ms * SAMPLE_RATE_HZ // 1000 + HOP_SAMPLES
        spoken = np.mean(talk.who[begin : begin + HOP_SAMPLES] >= 0) > SPOKEN_SHARE
        seen += perceiver.hear(window.at_ms, window.samples, float(spoken))
    return seen

"""Whose voice is how like whose, from near and across a room, in quiet and beside steady noise."""

from collections.abc import Callable, Sequence

import numpy as np
from numpy.typing import NDArray

from edge_agent.perception.voice import HeardVoice, VoiceEncoder, unit
from edge_agent.perception.voice_perceiver import LEAST_SNR_DB
from models.voiceprint.conditions import Condition, Noises, heard
from models.voiceprint.corpus import Wave, cut
from models.voiceprint.trials import People, voiceprints
from sim.senses.conditions import VOICE_DISTANCES_M, VOICE_NOISES_DB, voice_condition
from sim.senses.measured import VoiceRow

ENROL_S, SPEAK_S, SHORT_S = 6.0, 5.0, 3.0
# Every so manyeth speaker is somebody else in the room, whom each of the rest is compared with.
OTHERS_EVERY = 9
NEAR_M = 1.0

Row = NDArray[np.float64]


def voice_rows(
    people: People, names: Sequence[str], encoder: VoiceEncoder, noises: Noises, progress: Callable[[str], None]
) -> list[VoiceRow]:
    """A row for each speaker but for those who are the others; ``names`` are those of ``people.ids``."""
    prints = np.array([one.embedding for one in voiceprints(people, encoder)], np.float64)
    others = np.arange(0, len(names), OTHERS_EVERY)
    own: dict[str, list[list[float | None]]] = {}
    other: dict[str, list[list[list[float | None]]]] = {}
    for condition in _conditions():
        progress(f"voices: {condition.name}")
        stretches = [_stretches(people, place, condition, encoder, noises) for place in range(len(names))]
        own[condition.name] = [_all_alike(prints[p], stretches[p]) for p in range(len(names))]
        other[condition.name] = [[_all_alike(row, stretches[o]) for o in others] for row in prints]
    return [
        VoiceRow(
            names[place],
            {name: tuple(rows[place]) for name, rows in own.items()},
            {name: tuple(map(tuple, rows[place])) for name, rows in other.items()},
        )
        for place in range(len(names))
        if place not in others
    ]


def _conditions() -> list[Condition]:
    return [
        Condition(voice_condition(metres, noise_db), None if metres <= NEAR_M else metres, _snr_db(noise_db))
        for metres in VOICE_DISTANCES_M
        for noise_db in VOICE_NOISES_DB
    ]


def _snr_db(noise_db: float | None) -> float | None:
    return None if noise_db is None else -noise_db


def _stretches(
    people: People, place: int, condition: Condition, encoder: VoiceEncoder, noises: Noises
) -> list[HeardVoice]:
    """The first three seconds, the last three, and all five of what somebody says, as the room gives them."""
    wave = heard(people.speaking[place], condition, noises, np.random.default_rng([people.ids[place], 7]))
    parts = cut(people.speaking[place], SHORT_S)
    short = len(parts[0]) if parts else len(wave)
    return [encoder.listen(part) for part in (wave[:short], wave[-short:], wave)]


def _all_alike(voiceprint: Row, stretches: Sequence[HeardVoice]) -> list[float | None]:
    return [_alike(voiceprint, stretch) for stretch in stretches]


def _alike(voiceprint: Row, stretch: HeardVoice) -> float | None:
    if stretch.snr_db < LEAST_SNR_DB:
        return None
    return round(float(voiceprint @ unit(stretch.pieces.mean(axis=0))), 3)


def cut_for(speech: Sequence[Wave], half: int) -> People:
    """The speakers of a half of the voiceprint's card, who speak for long enough."""
    return People.of(speech, ENROL_S, SPEAK_S, half)

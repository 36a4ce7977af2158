"""What the voiceprint is measured with: rooms that delay and fade as they should, noise at its level, fair halves."""

import numpy as np
import pytest
from numpy.typing import NDArray

from models.voiceprint.conditions import CONDITIONS, Condition, Noises, heard
from models.voiceprint.conversations import converse
from models.voiceprint.corpus import cut, rms, spoken_rms
from models.voiceprint.metrics import equal_error, interval, parts
from models.voiceprint.rooms import living_room
from models.voiceprint.trials import People


def _voice(seconds: float, seed: int = 1) -> NDArray[np.float32]:
    """A second of noise, half a second of silence, and so on."""
    noise = 0.05 * np.random.default_rng(seed).standard_normal(round(seconds * 16_000))
    noise[(np.arange(len(noise)) // 8_000) % 3 == 2] = 0.0
    return noise.astype(np.float32)


@pytest.mark.parametrize("distance_m", [1.0, 3.0, 5.0])
def test_a_room_fades_by_sixty_decibels_in_its_time(distance_m: float) -> None:
    response = living_room(distance_m, np.random.default_rng(5)).astype(np.float64)
    left_db = 10 * np.log10(np.cumsum(response[::-1] ** 2)[::-1] / np.sum(response**2) + 1e-12)
    fall_s = (int(np.argmax(left_db < -25)) - int(np.argmax(left_db < -5))) / 16_000 * 3
    assert 0.25 < fall_s < 0.7


def test_the_farther_the_less_of_the_direct_sound() -> None:
    def direct(distance_m: float) -> float:
        response = living_room(distance_m, np.random.default_rng(5)).astype(np.float64)
        return float(np.sum(response[:80] ** 2) / np.sum(response**2))

    assert direct(0.7) > direct(2.0) > direct(5.0)


def test_noise_lies_at_its_level_under_what_is_spoken() -> None:
    speech = _voice(4)
    noises = Noises.of([_voice(3, 7)], [speech])
    for seed in range(4):
        noisy = heard(speech, Condition("noise", None, 5.0), noises, np.random.default_rng(seed))
        assert 20 * np.log10(spoken_rms(speech) / rms(noisy - speech)) == pytest.approx(5.0, abs=0.1)


def test_every_condition_keeps_its_length_and_repeats() -> None:
    speech = _voice(2)
    noises = Noises.of([_voice(3, 7)], [speech])
    for condition in CONDITIONS:
        first, second = (heard(speech, condition, noises, np.random.default_rng(2)) for _ in range(2))
        assert len(first) == len(speech) and np.array_equal(first, second)


def test_parts_hold_the_seconds_that_were_asked_for() -> None:
    parts_of = cut(_voice(9), 2.0, 3.0)
    assert parts_of is not None
    assert [len(part) / 16_000 for part in parts_of] == pytest.approx([2.7, 4.0], abs=0.8)
    assert cut(_voice(2), 2.0, 3.0) is None


def test_no_speaker_is_in_both_halves() -> None:
    speech = [_voice(18 if seed != 2 else 6, seed) for seed in range(7)]
    halves = [[set(People.of(speech, *split, half).ids) for half in (0, 1)] for split in ((2.0, 1.0), (2.0, 9.0))]
    for tuning, test in halves:
        assert not tuning & test and tuning | test == {0, 1, 3, 4, 5, 6}
    assert halves[0] == halves[1]


def test_errors_meet_where_they_should() -> None:
    threshold, rate = equal_error(np.array([0.9, 0.8, 0.7, 0.3]), np.array([0.1, 0.2, 0.4, 0.75]))
    assert 0.3 < threshold <= 0.75 and rate == 0.25
    scores = np.eye(20)
    assert equal_error(*parts(scores))[1] == 0.0 and interval(scores) == (0.0, 0.0)


def test_a_conversation_says_who_speaks_when() -> None:
    talk = converse([_voice(5), _voice(6, 2)], np.random.default_rng(1), in_a_room=True, snr_db=20.0)
    assert set(np.unique(talk.who).tolist()) == {-1, 0, 1}
    assert len(talk.samples) == len(talk.who) >= 60 * 16_000
    assert rms(talk.samples[talk.who >= 0]) > 3 * rms(talk.samples[talk.who < 0])

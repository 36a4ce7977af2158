"""Voices of one room told apart: turns within a stretch, numbers that stay, and nobody twice."""

import numpy as np
import pytest
from numpy.typing import NDArray

from edge_agent.perception.speakers import Speakers, turns
from edge_agent.perception.voice import unit


def _near(axis: int, spread: float, seed: int) -> NDArray[np.float32]:
    point = np.zeros(256)
    point[axis] = 1.0
    return unit(point + spread * np.random.default_rng(seed).standard_normal(256) / 16)


def _pieces(*axes: int) -> NDArray[np.float32]:
    return np.stack([_near(axis, 0.4, seed) for seed, axis in enumerate(axes)])


def test_one_voice_is_one_turn() -> None:
    (turn,) = turns(_pieces(0, 0, 0, 0, 0, 0))
    assert (turn.begins, turn.ends) == (0.0, 1.0)


@pytest.mark.parametrize("cut", [2, 3, 4])
def test_a_change_of_speaker_within_a_stretch_makes_two_turns(cut: int) -> None:
    first, second = turns(_pieces(*[0] * cut, *[1] * (6 - cut)))
    assert (first.begins, first.ends, second.begins, second.ends) == (0.0, cut / 6, cut / 6, 1.0)
    assert first.share + second.share == pytest.approx(1.0)
    assert first.embedding[0] > 0.9 and second.embedding[1] > 0.9


@pytest.mark.parametrize("pieces", [1, 2, 3])
def test_too_little_speech_is_never_cut(pieces: int) -> None:
    assert len(list(turns(_pieces(*range(pieces))))) == 1


def test_numbers_are_given_in_order_and_kept() -> None:
    speakers = Speakers()
    said = [0, 1, 0, 2, 1, 0]
    assert [speakers.number(_near(axis, 0.3, seed)) for seed, axis in enumerate(said)] == said


def test_a_voice_that_wanders_slowly_keeps_its_number() -> None:
    speakers, here, there = Speakers(), np.eye(256)[0], np.eye(256)[1]
    path = [unit(np.cos(turn) * here + np.sin(turn) * there) for turn in np.linspace(0, np.pi / 3, 40)]
    assert {speakers.number(point) for point in path} == {0}


def test_printing_a_turn_shows_nothing_of_the_voice() -> None:
    (turn,) = turns(_pieces(0))
    assert repr(turn) == "Turn(begins=0.0, ends=1.0)"

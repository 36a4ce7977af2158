"""What the face's card rests on: rates that cannot flatter, distances that are what they say, people kept apart."""

from pathlib import Path

import numpy as np
import pytest

from edge_agent.perception.face_library import FaceLibrary
from models.face.detection import largest
from models.face.orl import Photo, halves, photographs
from models.face.rates import Trials, accepted, interval, missed, threshold_at
from models.face.staged import EYES_M, FOCAL_PX, at_distance, empty_room, portraits
from models.face.verification import RememberingEngine, verify


def _trials() -> Trials:
    """Three people, two photographs each; person 2 is hard to tell from person 3."""
    similarity = {(1, 1): 0.9, (2, 2): 0.6, (3, 3): 0.8, (2, 3): 0.65, (3, 2): 0.55}
    pairs = [(a, b) for a in (1, 2, 3) for b in (1, 2, 3) for _ in range(2)]
    values = np.array([similarity.get(pair, 0.2) for pair in pairs])
    return Trials(values, np.array([a for a, _ in pairs]), np.array([b for _, b in pairs]))


@pytest.mark.parametrize("rate", [0.0, 0.001, 0.01, 0.1, 0.5])
def test_a_threshold_never_accepts_more_than_it_may(rate: float) -> None:
    other = np.random.default_rng(3).normal(0.3, 0.1, 630).round(2)
    assert accepted(other, threshold_at(other, rate)) <= rate


def test_a_rate_below_one_comparison_accepts_none_and_misses_no_more_than_it_must() -> None:
    other = np.array([0.1, 0.5, 0.3])
    threshold = threshold_at(other, 0.001)
    assert threshold > 0.5
    assert missed(np.array([0.5, 0.500001, 0.4]), threshold) == pytest.approx(2 / 3)


def test_somebody_drawn_twice_is_no_stranger_to_themself() -> None:
    drawn = _trials().of(np.array([1, 1, 2]))
    assert sorted(drawn.same) == [0.6, 0.6, 0.9, 0.9, 0.9, 0.9]
    assert set(drawn.other) == {0.2}


def test_an_interval_is_over_people_and_always_the_same() -> None:
    trials, people = _trials(), np.array([1, 2, 3])
    low, high = interval(trials, people, lambda drawn: missed(drawn.same, 0.7))
    assert (low, high) == (0.0, 1.0)
    assert interval(trials, people, lambda drawn: missed(drawn.same, 0.7)) == (low, high)


def test_photographs_that_gave_no_comparison_are_no_misses() -> None:
    trials = Trials(np.array([0.9, np.nan, 0.1]), np.array([1, 1, 1]), np.array([1, 1, 2]))
    assert (len(trials.same), len(trials.other)) == (1, 1)


def test_people_to_choose_on_are_never_reported_on() -> None:
    photos = [Photo(person, number, np.zeros((1, 1, 3), np.uint8)) for person in range(1, 8) for number in (1, 2)]
    choosing, reporting = halves(photos)
    assert {photo.person for photo in choosing} == {1, 3, 5, 7}
    assert {photo.person for photo in reporting} == {2, 4, 6}


def test_a_staged_face_is_as_far_away_as_it_is_said_to_be() -> None:
    library = FaceLibrary()
    for head in portraits(library):
        seen = at_distance(head, 0.5, empty_room(3), np.random.default_rng(1))
        points = library.five_points(seen, largest(library.boxes(seen)))
        assert np.linalg.norm(points[0] - points[1]) == pytest.approx(FOCAL_PX * EYES_M / 0.5, rel=0.08)


@pytest.mark.realdata
def test_recorded_people_are_compared_with_everybody_and_acquired(realdata: Path) -> None:
    photos = [photo for photo in photographs(realdata) if photo.person <= 3 and photo.number <= 3]
    done = verify(photos, [{1}], RememberingEngine(FaceLibrary()))
    assert (len(done.trials.same), len(done.trials.other)) == (6, 12)
    assert (done.photographs, done.faceless, done.refused, done.not_enrolled) == (6, 0, 0, 0)
    assert done.trials.same.min() > done.trials.other.max()

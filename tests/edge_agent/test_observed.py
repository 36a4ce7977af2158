"""What a visit observed is all there when it is sealed, and takes little memory until then."""

import tracemalloc
from collections.abc import Callable
from random import Random

import pytest

from edge_agent.journal import Journal
from edge_agent.observations import AnyObservation, FaceFlaw, FaceObservation, OccupancyObservation, SoundObservation
from edge_agent.observed import PACKED_AT, Observed
from visit_record.vocabulary import SoundCue

# Four hours of sound in windows that begin each half second.
WINDOWS = 4 * 7_500


def sound(at_ms: int, chance: Random) -> SoundObservation:
    return SoundObservation(at_ms, tuple(chance.random() for _ in SoundCue), -60 * chance.random())


def heat(at_ms: int, chance: Random) -> OccupancyObservation:
    return OccupancyObservation(at_ms, blind=False, people=2, two_close=True, centre=(chance.random(), 3.5))


@pytest.mark.parametrize("count", [0, 1, PACKED_AT - 1, PACKED_AT, PACKED_AT + 1, 3 * PACKED_AT])
def test_all_of_each_kind_comes_back_as_it_was_in_its_order(count: int) -> None:
    chance, observed = Random(count), Observed()
    heard = [sound(at_ms, chance) for at_ms in range(count)]
    felt = [heat(at_ms, chance) for at_ms in range(count)]
    for pair in zip(heard, felt, strict=True):
        for one in pair:
            observed.take(one)
    assert observed.all(SoundObservation) == heard
    assert observed.all(OccupancyObservation) == felt
    assert observed.latest(SoundObservation) == (heard[-1] if heard else None)
    assert observed.all(FaceObservation) == []
    assert observed.latest(FaceObservation) is None


def test_what_was_packed_has_its_own_types_again() -> None:
    observed = Observed()
    for at_ms in range(PACKED_AT):
        observed.take(FaceObservation(at_ms, 1, similarity=1.0, flaw=FaceFlaw.DARK))
    first = observed.all(FaceObservation)[0]
    assert (type(first.flaw), type(first.similarity)) == (FaceFlaw, float)


def _held_bytes(take: Callable[[AnyObservation], None]) -> int:
    chance = Random(1)
    tracemalloc.start()
    try:
        for at_ms in range(WINDOWS):
            take(sound(at_ms, chance))
        return tracemalloc.get_traced_memory()[0]
    finally:
        tracemalloc.stop()


def test_hours_of_sound_are_held_in_a_few_megabytes() -> None:
    """As objects they take some fifteen."""
    assert _held_bytes(Observed().take) < 5_000_000


def test_hours_of_a_journal_are_held_in_a_few_megabytes() -> None:
    """As lines they take some ten."""

    def kept(seen: AnyObservation) -> None:
        journal.write(seen)
        journal.mark_kept()

    journal = Journal()
    assert _held_bytes(kept) < 5_000_000

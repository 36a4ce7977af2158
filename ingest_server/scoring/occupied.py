"""What the thermal array says of a visit, read once for every measure. Pure."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from enum import IntEnum
from functools import lru_cache
from operator import attrgetter
from typing import NamedTuple

from ingest_server.scoring.ruler import Ruler
from visit_record.record import OccupancyEvidence, OccupancyInterval

# What an interval says: people, bed occupied, caregiver at the bedside, two close.
State = tuple[int, bool | None, bool | None, bool | None]
_state: Callable[[OccupancyInterval], State] = attrgetter("people", "bed_occupied", "caregiver_at_bedside", "two_close")


class Answers(NamedTuple):
    """What an interval says; ``None`` where it cannot say.

    ``present``: somebody besides the one in bed was there. ``recipient``: the bed was taken, or two people were there.
    ``at_work``: somebody stood by the bed, or was close to the one who had left it; while the bed is taken, two people
    close to each other may be two who chat on the sofa. ``left_alone``: the bed was taken, and nobody else was there.
    ``nobody``: the room was empty. ``company``: two people or more were there.
    """

    present: bool | None
    recipient: bool | None
    at_work: bool | None
    two_close: bool | None
    left_alone: bool | None
    bed: bool | None
    nobody: bool
    company: bool


class Question(IntEnum):
    """A field of :class:`Answers`, by its place."""

    PRESENT = 0
    RECIPIENT = 1
    AT_WORK = 2
    TWO_CLOSE = 3
    LEFT_ALONE = 4
    BED = 5
    NOBODY = 6
    COMPANY = 7


@dataclass(frozen=True, slots=True)
class Occupied:
    """A visit's occupancy. ``coverage`` is the share of the visit that the array saw.

    ``yes`` and ``no`` hold, for each question, the time in which that was the answer, as bits of the ``ruler``;
    ``observed`` the time in which the array saw anything at all, be it an empty room that answers nothing; ``may`` that
    of it in which the answer was yes, or may have been.
    """

    ruler: Ruler
    yes: tuple[int, ...]
    no: tuple[int, ...]
    may: tuple[int, ...]
    observed: int
    coverage: float
    still_share: float | None


def occupied(evidence: OccupancyEvidence, ruler: Ruler, elsewhere: int = 0) -> Occupied:
    """The intervals with their answers.

    ``elsewhere`` is the time, as bits, in which both may have been in another room: an empty one then answers nothing.
    """
    yes, no, observed = [0] * len(Question), [0] * len(Question), 0
    for state, bits in ruler.by_key(evidence.intervals, _state).items():
        observed |= bits
        answered = bits & ~elsewhere if state[0] == 0 else bits
        said_yes, said_no = _places(state)
        for place in said_yes:
            yes[place] |= answered
        for place in said_no:
            no[place] |= answered
    still_share = None if evidence.path is None else evidence.path.still_share
    may = tuple(observed & ~denied | said for said, denied in zip(yes, no, strict=True))
    # A record may say that it saw more than its intervals tell of.
    coverage = min(evidence.coverage, observed.bit_count() / ruler.steps)
    return Occupied(ruler, tuple(yes), tuple(no), may, observed, coverage, still_share)


def answers(interval: OccupancyInterval) -> Answers:
    """What one interval says."""
    return _answers(_state(interval))


@lru_cache(256)
def _places(state: State) -> tuple[tuple[int, ...], tuple[int, ...]]:
    """Which questions are answered with yes in a state, and which with no."""
    said = _answers(state)
    return tuple(_where(said, answer=True)), tuple(_where(said, answer=False))


def _where(said: Answers, *, answer: bool) -> Iterator[int]:
    return (place for place, one in enumerate(said) if one is answer)


def _answers(state: State) -> Answers:
    people, bed, bedside, close = state
    present = people >= 2 or (False if people == 0 or bed is True else None if bed is None else True)
    recipient = True if bed or people >= 2 else None if bed is None else False
    at_work = True if bedside or (close and bed is False) else None if bedside is None else False
    left_alone = None if bed is None else bed and people < 2
    return Answers(present, recipient, at_work, close, left_alone, bed, people == 0, people >= 2)

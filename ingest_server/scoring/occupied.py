"""What the thermal array says of a visit, read once for every measure. Pure."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import NamedTuple

from ingest_server.scoring.spans import Stretch
from visit_record.record import OccupancyEvidence, OccupancyInterval


class Answers(NamedTuple):
    """What an interval says; ``None`` where it cannot say.

    ``present``: somebody besides the one in bed was there. ``recipient``: the bed was taken, or two people were there.
    ``at_work``: somebody stood by the bed, or was close to the one who had left it; while the bed is taken, two people
    close to each other may be two who chat on the sofa. ``left_alone``: the bed was taken, and nobody else was there.
    """

    present: bool | None
    recipient: bool | None
    at_work: bool | None
    two_close: bool | None
    left_alone: bool | None
    bed: bool | None


# One interval of the array: from and to, UTC milliseconds, and its answers. No named tuple: see :mod:`.spans`.
Watched = tuple[float, float, Answers]


class Answered(NamedTuple):
    """Seconds in which the answer was yes, and seconds in which there was an answer at all."""

    yes_s: float
    answered_s: float


@dataclass(frozen=True, slots=True)
class Occupied:
    """A visit's occupancy, in order of time. ``coverage`` is the share of the visit that the array saw.

    ``lasting_ms`` is how long each combination of answers lasted in all: there are few. ``away`` and ``idle`` are the
    stretches in which the caregiver was known not to be there, and nobody to be at work.
    """

    watched: tuple[Watched, ...]
    lasting_ms: Mapping[Answers, float]
    away: Sequence[Stretch]
    idle: Sequence[Stretch]
    coverage: float
    still_share: float | None

    def answered(self, question: int) -> Answered:
        """How long one field of :class:`Answers`, by its place, was yes, and how long it was known."""
        yes_ms = known_ms = 0.0
        for says, length_ms in self.lasting_ms.items():
            answer = says[question]
            if answer is not None:
                known_ms += length_ms
                if answer:
                    yes_ms += length_ms
        return Answered(yes_ms / 1000, known_ms / 1000)

    def during(self, start_ms: float, end_ms: float) -> dict[Answers, float]:
        """How long each combination of answers lasted between two times, milliseconds."""
        lasting_ms: dict[Answers, float] = {}
        for begins_ms, ends_ms, says in self.watched:
            if ends_ms > start_ms:
                if begins_ms >= end_ms:
                    break
                length_ms = (ends_ms if ends_ms < end_ms else end_ms) - (
                    begins_ms if begins_ms > start_ms else start_ms
                )
                lasting_ms[says] = lasting_ms.get(says, 0.0) + length_ms
        return lasting_ms


PRESENT, RECIPIENT, AT_WORK, TWO_CLOSE, LEFT_ALONE, BED = range(6)


def occupied(evidence: OccupancyEvidence) -> Occupied:
    """The intervals with their answers."""
    watched = sorted(map(_watched, evidence.intervals), key=_starts)
    lasting_ms: dict[Answers, float] = {}
    away: list[Stretch] = []
    idle: list[Stretch] = []
    for start_ms, end_ms, says in watched:
        lasting_ms[says] = lasting_ms.get(says, 0.0) + end_ms - start_ms
        if says[PRESENT] is False:
            away.append((start_ms, end_ms))
        if says[AT_WORK] is False:
            idle.append((start_ms, end_ms))
    still_share = None if evidence.path is None else evidence.path.still_share
    return Occupied(tuple(watched), lasting_ms, away, idle, evidence.coverage, still_share)


def answers(interval: OccupancyInterval) -> Answers:
    """What one interval says."""
    people = 2 if interval.people > 2 else interval.people
    return _answers(people, interval.bed_occupied, interval.caregiver_at_bedside, interval.two_close)


def _watched(interval: OccupancyInterval) -> Watched:
    start_ms = interval.started_at_ms
    return start_ms, start_ms + 1000 * interval.duration_s, answers(interval)


def _starts(watched: Watched) -> float:
    return watched[0]


@cache
def _answers(people: int, bed: bool | None, bedside: bool | None, close: bool | None) -> Answers:
    present = people == 2 or (False if people == 0 or bed is True else None if bed is None else True)
    recipient = True if bed or people == 2 else None if bed is None else False
    at_work = True if bedside or (close and bed is False) else None if bedside is None else False
    left_alone = None if bed is None else bed and people < 2
    return Answers(present, recipient, at_work, close, left_alone, bed)

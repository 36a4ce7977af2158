"""What the thermal array says of a visit, read once for every measure. Pure."""

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


class Watched(NamedTuple):
    """One interval of the array, in UTC milliseconds, with its answers."""

    start_ms: float
    end_ms: float
    says: Answers


class Answered(NamedTuple):
    """Seconds in which the answer was yes, and seconds in which there was an answer at all."""

    yes_s: float
    answered_s: float


@dataclass(frozen=True, slots=True)
class Occupied:
    """A visit's occupancy. ``coverage`` is the share of the visit that the array saw."""

    watched: tuple[Watched, ...]
    coverage: float
    still_share: float | None

    def answered(self, question: int) -> Answered:
        """How long one field of :class:`Answers`, by its place, was yes, and how long it was known."""
        yes_ms = known_ms = 0.0
        for start_ms, end_ms, says in self.watched:
            answer = says[question]
            if answer is not None:
                known_ms += end_ms - start_ms
                if answer:
                    yes_ms += end_ms - start_ms
        return Answered(yes_ms / 1000, known_ms / 1000)

    def where(self, question: int, answer: bool) -> list[Stretch]:
        """The stretches with this answer."""
        return [(start_ms, end_ms) for start_ms, end_ms, says in self.watched if says[question] is answer]


PRESENT, RECIPIENT, AT_WORK, TWO_CLOSE, LEFT_ALONE, BED = range(6)


def occupied(evidence: OccupancyEvidence) -> Occupied:
    """The intervals with their answers."""
    watched = tuple(
        Watched(i.started_at_ms, i.started_at_ms + 1000 * i.duration_s, answers(i)) for i in evidence.intervals
    )
    return Occupied(watched, evidence.coverage, None if evidence.path is None else evidence.path.still_share)


def answers(interval: OccupancyInterval) -> Answers:
    """What one interval says."""
    people = min(interval.people, 2)
    return _answers(people, interval.bed_occupied, interval.caregiver_at_bedside, interval.two_close)


@cache
def _answers(people: int, bed: bool | None, bedside: bool | None, close: bool | None) -> Answers:
    present = people == 2 or (False if people == 0 or bed is True else None if bed is None else True)
    recipient = True if bed or people == 2 else None if bed is None else False
    at_work = True if bedside or (close and bed is False) else None if bedside is None else False
    left_alone = None if bed is None else bed and people < 2
    return Answers(present, recipient, at_work, close, left_alone, bed)

"""Times of a record's intervals: sums, shares and overlaps. Pure."""

from collections.abc import Callable, Iterable

from visit_record.record import OccupancyEvidence, OccupancyInterval, SoundEvidence, VisitRecord
from visit_record.vocabulary import SoundCue

CARE_CUES = frozenset({SoundCue.TABLEWARE, SoundCue.EATING, SoundCue.WATER, SoundCue.CLOTH, SoundCue.SWEEPING})


def caregiver_present(interval: OccupancyInterval) -> bool | None:
    """Whether somebody besides the one in bed was there; ``None`` where one person could be either."""
    if interval.people == 0:
        return False
    if interval.people >= 2:
        return True
    return None if interval.bed_occupied is None else not interval.bed_occupied


def recipient_seen(interval: OccupancyInterval) -> bool | None:
    """Whether the bed was taken, or two people were there; ``None`` where the place of the bed is unknown."""
    if interval.bed_occupied or interval.people >= 2:
        return True
    return None if interval.bed_occupied is None else False


def at_work(interval: OccupancyInterval) -> bool | None:
    """Whether somebody stood by the bed, or was close to the one who had left it.

    While the bed is taken, two people close to each other may be two who chat on the sofa.
    """
    if interval.caregiver_at_bedside or (interval.two_close and interval.bed_occupied is False):
        return True
    return None if interval.caregiver_at_bedside is None else False


def share_of_time(occupancy: OccupancyEvidence, question: Callable[[OccupancyInterval], bool | None]) -> float | None:
    """Share of the time that answers the question at all in which the answer is yes; ``None`` if none does."""
    answers = [(question(interval), interval.duration_s) for interval in occupancy.intervals]
    answered_s = sum(duration_s for answer, duration_s in answers if answer is not None)
    if answered_s == 0:
        return None
    return min(1.0, sum(duration_s for answer, duration_s in answers if answer) / answered_s)


def longest_absence_s(occupancy: OccupancyEvidence) -> float:
    """The longest time on end in which the caregiver was known not to be there."""
    longest_s = so_far_s = 0.0
    for interval in occupancy.intervals:
        so_far_s = so_far_s + interval.duration_s if caregiver_present(interval) is False else 0.0
        longest_s = max(longest_s, so_far_s)
    return longest_s


def sound_seconds(sound: SoundEvidence, cues: Iterable[SoundCue], start_ms: float, end_ms: float) -> float:
    """Seconds of the cues between two times; classes that sound at once count once each."""
    wanted = frozenset(cues)
    return sum(
        max(0.0, min(end_ms, i.started_at_ms + 1000 * i.duration_s) - max(start_ms, i.started_at_ms)) / 1000
        for i in sound.intervals
        if i.cue in wanted
    )


def unattended_seconds(sound: SoundEvidence, occupancy: OccupancyEvidence, cues: Iterable[SoundCue]) -> float:
    """Seconds of the cues while the caregiver was known not to be there."""
    wanted = tuple(cues)
    return sum(
        sound_seconds(sound, wanted, i.started_at_ms, i.started_at_ms + 1000 * i.duration_s)
        for i in occupancy.intervals
        if caregiver_present(i) is False
    )


def heard_seconds(record: VisitRecord, sound: SoundEvidence) -> float:
    """Seconds of the visit in which the microphone listened."""
    return sound.coverage * record.span.duration_s

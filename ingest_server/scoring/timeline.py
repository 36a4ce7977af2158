"""Times of a record's intervals: sums, shares and overlaps. Pure."""

from collections.abc import Callable, Set

from visit_record.record import OccupancyEvidence, OccupancyInterval, SoundEvidence, SoundInterval, VisitRecord
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


def seconds_of(
    occupancy: OccupancyEvidence, question: Callable[[OccupancyInterval], bool | None]
) -> tuple[float, float]:
    """Seconds in which the answer is yes, and seconds in which there is an answer at all."""
    answers = [(question(interval), interval.duration_s) for interval in occupancy.intervals]
    yes_s = sum(duration_s for answer, duration_s in answers if answer)
    return yes_s, sum(duration_s for answer, duration_s in answers if answer is not None)


def longest_absence_s(occupancy: OccupancyEvidence) -> float:
    """The longest time on end in which the caregiver was known not to be there."""
    longest_s = so_far_s = 0.0
    for interval in occupancy.intervals:
        so_far_s = so_far_s + interval.duration_s if caregiver_present(interval) is False else 0.0
        longest_s = max(longest_s, so_far_s)
    return longest_s


def sound_seconds(sound: SoundEvidence, cues: Set[SoundCue], start_ms: float, end_ms: float) -> float:
    """Seconds of the cues between two times; classes that sound at once count once each."""
    return sum(_overlap_s(interval, start_ms, end_ms) for interval in sound.intervals if interval.cue in cues)


def unattended_seconds(sound: SoundEvidence, occupancy: OccupancyEvidence, cues: Set[SoundCue]) -> float:
    """Seconds of the cues while the caregiver was known not to be there."""
    alone = [(i.started_at_ms, _end_ms(i)) for i in occupancy.intervals if caregiver_present(i) is False]
    heard = [interval for interval in sound.intervals if interval.cue in cues]
    return sum(_overlap_s(interval, start_ms, end_ms) for interval in heard for start_ms, end_ms in alone)


def heard_seconds(record: VisitRecord, sound: SoundEvidence) -> float:
    """Seconds of the visit in which the microphone listened."""
    return sound.coverage * record.span.duration_s


def _overlap_s(interval: SoundInterval, start_ms: float, end_ms: float) -> float:
    return max(0.0, min(end_ms, _end_ms(interval)) - max(start_ms, interval.started_at_ms)) / 1000


def _end_ms(interval: SoundInterval | OccupancyInterval) -> float:
    return interval.started_at_ms + 1000 * interval.duration_s

"""What two senses say together."""

from ingest_server.scoring.measures.hearing import LEAST_CARE_SOUND_S
from ingest_server.scoring.measures.measured import Measured
from ingest_server.scoring.occupied import Question
from ingest_server.scoring.seen import TOO_LITTLE, Seen
from visit_record.vocabulary import NotObservedReason


def unattended_care(seen: Seen) -> Measured:
    """Share of the care sounds that were heard while the caregiver was not in the room."""
    return _care_during(seen, Question.PRESENT)


def idle_care(seen: Seen) -> Measured:
    """Share of the care sounds that were heard while nobody worked by the bed or close to another."""
    return _care_during(seen, Question.AT_WORK)


def _care_during(seen: Seen, denied: Question) -> Measured:
    room, sound = seen.room, seen.sound
    if isinstance(sound, NotObservedReason):
        return sound
    if isinstance(room, NotObservedReason):
        return room
    if seen.ruler.seconds(sound.care) < LEAST_CARE_SOUND_S:
        return TOO_LITTLE
    return (sound.care & room.no[denied]).bit_count() / sound.care.bit_count()

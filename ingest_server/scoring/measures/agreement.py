"""What two senses say together."""

from ingest_server.scoring.measures.hearing import LEAST_CARE_SOUND_S
from ingest_server.scoring.measures.measured import Measured
from ingest_server.scoring.occupied import AT_WORK, PRESENT
from ingest_server.scoring.seen import TOO_LITTLE, Seen
from ingest_server.scoring.spans import coinciding_s
from visit_record.vocabulary import NotObservedReason


def unattended_care(seen: Seen) -> Measured:
    """Share of the care sounds that were heard while the caregiver was not in the room."""
    return _care_while_not(seen, PRESENT)


def idle_care(seen: Seen) -> Measured:
    """Share of the care sounds that were heard while nobody worked by the bed or close to another."""
    return _care_while_not(seen, AT_WORK)


def _care_while_not(seen: Seen, question: int) -> Measured:
    room, sound = seen.room, seen.sound
    if isinstance(sound, NotObservedReason):
        return sound
    if isinstance(room, NotObservedReason):
        return room
    if sound.care_s < LEAST_CARE_SOUND_S:
        return TOO_LITTLE
    return min(1.0, coinciding_s(sound.care, room.where(question, answer=False)) / sound.care_s)

"""What two senses say together."""

from collections.abc import Callable, Sequence

from ingest_server.scoring.measures.hearing import LEAST_CARE_SOUND_S
from ingest_server.scoring.measures.measured import Measured
from ingest_server.scoring.occupied import Occupied
from ingest_server.scoring.seen import TOO_LITTLE, Seen
from ingest_server.scoring.spans import Stretch, coinciding_s
from visit_record.vocabulary import NotObservedReason


def unattended_care(seen: Seen) -> Measured:
    """Share of the care sounds that were heard while the caregiver was not in the room."""
    return _care_during(seen, lambda room: room.away)


def idle_care(seen: Seen) -> Measured:
    """Share of the care sounds that were heard while nobody worked by the bed or close to another."""
    return _care_during(seen, lambda room: room.idle)


def _care_during(seen: Seen, stretches: Callable[[Occupied], Sequence[Stretch]]) -> Measured:
    room, sound = seen.room, seen.sound
    if isinstance(sound, NotObservedReason):
        return sound
    if isinstance(room, NotObservedReason):
        return room
    if sound.care_s < LEAST_CARE_SOUND_S:
        return TOO_LITTLE
    return min(1.0, coinciding_s(sound.care, stretches(room)) / sound.care_s)

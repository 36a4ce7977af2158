"""A record made ready to be measured: each sense read once, or why it cannot speak. Pure."""

from dataclasses import dataclass

from ingest_server.scoring.claims import Claimed, ClaimHeard, Items, claim_heard, claims, elsewhere
from ingest_server.scoring.heard import Heard, heard
from ingest_server.scoring.occupied import Occupied, occupied
from ingest_server.scoring.ruler import Ruler
from ingest_server.scoring.spoken import Spoken, spoken
from visit_record.record import NotObserved, VisitRecord
from visit_record.vocabulary import NotObservedReason, SoundCue

__all__ = ["LEAST_COVERAGE", "TOO_LITTLE", "Items", "Seen", "see"]

TOO_LITTLE = NotObservedReason.TOO_LITTLE_SIGNAL
# Below this share of the visit, a sense has seen too little to speak for the rest of it.
LEAST_COVERAGE = 0.3


@dataclass(frozen=True, slots=True)
class Seen:
    """One record, its senses read, and its claims with their items; ``edits`` is ``None`` where nobody counts them.

    A claim whose item no catalogue knows is left out, and so is one that has no length: what it should leave is not
    known. ``all_claims_known`` says whether none was; ``claims_heard`` is the same claims against the sounds, if any.
    """

    record: VisitRecord
    ruler: Ruler
    room: Occupied | NotObservedReason
    sound: Heard | NotObservedReason
    voice: Spoken | NotObservedReason
    claims: tuple[Claimed, ...]
    claims_heard: tuple[ClaimHeard, ...]
    all_claims_known: bool
    edits: int | None


def see(record: VisitRecord, items: Items, edits: int | None = None) -> Seen:
    """Read a record's senses once."""
    ruler, voice = Ruler.along(record.span), record.voice
    claimed = tuple(claims(record.services.claimed, items, ruler))
    sound = _sound(record, ruler)
    return Seen(
        record,
        ruler,
        _room(record, ruler, elsewhere(claimed, ruler)),
        sound,
        voice.reason if isinstance(voice, NotObserved) else spoken(voice, record.sound),
        claimed,
        () if isinstance(sound, NotObservedReason) else tuple([claim_heard(one, sound) for one in claimed]),
        len(claimed) == len(record.services.claimed),
        edits,
    )


def _room(record: VisitRecord, ruler: Ruler, away: int) -> Occupied | NotObservedReason:
    part = record.occupancy
    if isinstance(part, NotObserved):
        return part.reason
    room = occupied(part, ruler, away)
    return room if room.coverage >= LEAST_COVERAGE else TOO_LITTLE


def _sound(record: VisitRecord, ruler: Ruler) -> Heard | NotObservedReason:
    part = record.sound
    if isinstance(part, NotObserved):
        return part.reason
    sound = heard(part, ruler, record.span.duration_s)
    # Not a door, not a word in a whole visit: a microphone that is deaf, or set too low, sounds like that too.
    deaf = not sound.of(cue for cue in sound.by_cue if cue is not SoundCue.QUIET)
    return TOO_LITTLE if deaf or part.coverage < LEAST_COVERAGE else sound

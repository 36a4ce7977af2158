"""The kinds of questions that a rule may ask of one visit: one small class a kind, one method each.

A kind's fields are its parameters in the document, bounded where a figure would plainly find everybody or nobody.
``says_with`` names what its sentences may tell.
What could not be observed answers no question: it is nobody's fault.
"""

from collections.abc import Set
from typing import Annotated, ClassVar

from msgspec import Meta, Struct

from ingest_server.rules.asked import Asked, Found
from ingest_server.scoring.measures.identity import OTHER_EMBEDDER
from ingest_server.scoring.measures.measured import NEARLY_WHOLE
from visit_record.record import FaceEvidence, NotObserved, VoiceEvidence
from visit_record.vocabulary import CheckMoment, Ending, IdentityMethod, IntegrityKind, Modality, NotObservedReason

VALUE: Set[str] = frozenset({"value"})
ABOUT: Set[str] = frozenset({"about"})
_SENSES = (Modality.FACE.value, Modality.VOICE.value, Modality.THERMAL.value, Modality.SOUND.value)
_BY_FACE, _BY_VOICE, _AT_CHECK_IN = IdentityMethod.FACE, IdentityMethod.VOICE, CheckMoment.CHECK_IN


class Kind(Struct, frozen=True, forbid_unknown_fields=True, tag_field="kind"):
    """Base of the kinds."""

    says_with: ClassVar[Set[str]] = frozenset()
    of_the_unobserved: ClassVar[bool] = False
    """Whether it finds what could not be observed: a finding may then weigh nothing against the visit."""

    @property
    def reads(self) -> str | None:
        """The item of evidence that it asks about, beside which it weighs; ``None`` where it asks about another."""
        return None


class Bound(Kind, frozen=True, tag="bound"):
    """A measured value below ``least`` or above ``most``, each in the unit of the evidence."""

    evidence: str
    least: float | None = None
    most: float | None = None

    says_with: ClassVar[Set[str]] = VALUE

    @property
    def reads(self) -> str:
        """The evidence."""
        return self.evidence

    def ask(self, asked: Asked) -> Found | None:
        """The value, where it is out of bounds."""
        value = asked.measured[self.evidence]
        if isinstance(value, NotObservedReason):
            return None
        low = self.least is not None and value < self.least
        high = self.most is not None and value > self.most
        return Found(value) if low or high else None


class SenseMissing(Kind, frozen=True, tag="sense_missing"):
    """A whole sense that observed nothing, for one of ``reasons``."""

    reasons: Annotated[frozenset[NotObservedReason], Meta(min_length=1)]

    says_with: ClassVar[Set[str]] = ABOUT
    of_the_unobserved: ClassVar[bool] = True

    def ask(self, asked: Asked) -> Found | None:
        """The senses that are missing so."""
        record = asked.seen.record
        parts = (record.face, record.voice, record.occupancy, record.sound)
        if NotObserved not in map(type, parts):
            return None
        pairs = zip(_SENSES, parts, strict=True)
        missing = tuple(sense for sense, part in pairs if isinstance(part, NotObserved) and part.reason in self.reasons)
        return Found(about=missing) if missing else None


class NoPosition(Kind, frozen=True, tag="no_position"):
    """No position at check-in nor at check-out. Indoors that is common: it is told, and weighs nothing."""

    says_with: ClassVar[Set[str]] = ABOUT
    of_the_unobserved: ClassVar[bool] = True

    def ask(self, asked: Asked) -> Found | None:
        """Why there is none."""
        where = asked.seen.record.where
        if isinstance(where.check_in, NotObserved) and isinstance(where.check_out, NotObserved):
            return Found(about=tuple(dict.fromkeys((where.check_in.reason.value, where.check_out.reason.value))))
        return None


class EndedAs(Kind, frozen=True, tag="ended_as"):
    """The visit came to an end in one of these ways."""

    endings: Annotated[frozenset[Ending], Meta(min_length=1)]

    says_with: ClassVar[Set[str]] = ABOUT

    def ask(self, asked: Asked) -> Found | None:
        """How it ended."""
        ending = asked.seen.record.span.ending
        return Found(about=(ending.value,)) if ending in self.endings else None


class ClockOff(Kind, frozen=True, tag="clock_off"):
    """The device's clock was more than ``most_offset_s`` off when last compared, or was stepped during the visit."""

    most_offset_s: Annotated[float, Meta(ge=0)]

    def ask(self, asked: Asked) -> Found | None:
        """The offset in seconds, where it is known."""
        record = asked.seen.record
        offset_s = None if record.clock.offset_ms is None else record.clock.offset_ms / 1000
        events = record.integrity.events
        stepped = bool(events) and any(event.kind is IntegrityKind.CLOCK_STEP for event in events)
        if stepped or (offset_s is not None and abs(offset_s) > self.most_offset_s):
            return Found(offset_s)
        return None


class NoCheckIn(Kind, frozen=True, tag="no_check_in"):
    """The record says by which sense the caregiver checked in, the sense observed, and yet shows no such check."""

    def ask(self, asked: Asked) -> Found | None:
        """A check-in that is said and not shown."""
        record = asked.seen.record
        by, face, voice = record.who.checked_in_by, record.face, record.voice
        if by is _BY_FACE and isinstance(face, FaceEvidence):
            return None if _faces_checked_in(face) else Found()
        if by is _BY_VOICE and isinstance(voice, VoiceEvidence):
            return None if voice.checks else Found()
        return None


class OtherAsLike(Kind, frozen=True, tag="other_as_like"):
    """A face that is at least ``least`` similar to another caregiver of the roster, and no less than to its own.

    Similarities are 1 minus the distance of dlib's embeddings; those of another embedder are not read on that scale.
    """

    least: float

    says_with: ClassVar[Set[str]] = VALUE | ABOUT

    @property
    def reads(self) -> str:
        """The same faces."""
        return "other_match"

    def ask(self, asked: Asked) -> Found | None:
        """The other's similarity and id."""
        face = asked.seen.record.face
        if isinstance(face, NotObserved) or OTHER_EMBEDDER in asked.seen.record.models:
            return None
        for check in face.checks:
            other, own = check.best_other, check.similarity
            if other is None or own is None or other.similarity < self.least or other.similarity < own:
                continue
            return Found(other.similarity, (other.caregiver,))
        return None


class ClaimsUnheard(Kind, frozen=True, tag="claims_unheard"):
    """Fewer than ``least_heard_share`` of the claimed items that leave a sound were heard; each unheard one is named.

    Only where the microphone had nearly the whole visit: what was not listened to is not unheard.
    """

    least_heard_share: Annotated[float, Meta(gt=0, le=1)]

    says_with: ClassVar[Set[str]] = VALUE | ABOUT

    @property
    def reads(self) -> str:
        """The same claims."""
        return "items_heard"

    def ask(self, asked: Asked) -> Found | None:
        """The share that was heard, and the items that were not."""
        share, sound = asked.measured[self.reads], asked.seen.sound
        if isinstance(share, NotObservedReason) or share >= self.least_heard_share:
            return None
        if isinstance(sound, NotObservedReason) or sound.coverage < NEARLY_WHOLE:
            return None
        audible = (claimed for claimed in asked.seen.claims_heard if claimed.item.sound)
        unheard = dict.fromkeys(one.item.id for one in audible if not (one.supported or one.drowned))
        return Found(share, tuple(unheard))


class LongerThan(Kind, frozen=True, tag="longer_than"):
    """The visit alone is longer than ``most_hours``."""

    most_hours: Annotated[float, Meta(gt=0)]

    says_with: ClassVar[Set[str]] = VALUE

    def ask(self, asked: Asked) -> Found | None:
        """Its hours."""
        hours = asked.seen.record.span.duration_s / 3600
        return Found(hours) if hours > self.most_hours else None


AnyKind = Bound | SenseMissing | NoPosition | EndedAs | ClockOff | NoCheckIn | OtherAsLike | ClaimsUnheard | LongerThan


def _faces_checked_in(face: FaceEvidence) -> bool:
    return any(check.moment is _AT_CHECK_IN and check.faces for check in face.checks)

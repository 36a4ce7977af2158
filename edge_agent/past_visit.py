"""What a device said of a visit, as its caregiver may see it afterwards. Pure.

No verdict: a device observes, and what is made of it is said elsewhere. Everything here is in the sealed record too.
"""

from collections import Counter
from collections.abc import Iterator

from msgspec import Struct

from edge_agent.evidence.face_consensus import Recognition, recognise
from visit_record.record import (
    Coverage,
    FaceEvidence,
    Fix,
    IntegrityEvent,
    Liveness,
    NotObserved,
    OccupancyEvidence,
    PlannedOrder,
    RefusedService,
    ServiceClaim,
    SoundEvidence,
    VisitRecord,
)
from visit_record.vocabulary import (
    CheckMoment,
    Ending,
    IdentityMethod,
    LivenessMethod,
    NotObservedReason,
    PlaceCue,
    SoundCue,
)


class PastLook(Struct, frozen=True):
    """A look at a face: whom it showed, whether what was asked for was seen, and what spoke against a living face.

    Where neither is so, nothing was asked, too little was seen, or a head turned unasked.
    """

    moment: CheckMoment
    at_ms: int
    recognition: Recognition
    moved: bool
    against: LivenessMethod | None


class PastPlace(Struct, frozen=True):
    """Where the device was at one end of the visit; ``reason`` is why that is not known."""

    distance_m: float | None
    reason: NotObservedReason | None


class PastRoom(Struct, frozen=True):
    """Who was in the room: the most people at once, and seconds with somebody in bed, at the bedside, two close.

    ``None`` where the array could never tell.
    """

    most_people: int
    in_bed_s: float | None
    at_bedside_s: float | None
    two_close_s: float | None


class PastVisit(Struct, frozen=True):
    """One visit; ``digest`` names the sealed record, ``heard`` is seconds by class of sound, most first."""

    visit: str
    seq: int
    digest: str
    caregiver: str
    recipient: str
    check_in_ms: int
    check_out_ms: int
    duration_s: float
    ending: Ending
    checked_in_by: IdentityMethod
    claimed: tuple[ServiceClaim, ...]
    refused: tuple[RefusedService, ...]
    events: tuple[IntegrityEvent, ...]
    coverage: tuple[Coverage, ...]
    arrival: PastPlace
    departure: PastPlace
    place_cues: tuple[PlaceCue, ...]
    looks: tuple[PastLook, ...]
    room: PastRoom | None
    heard: tuple[tuple[SoundCue, float], ...]
    # Not kept by the versions before this one.
    order: PlannedOrder | None = None

    @property
    def known_by(self) -> IdentityMethod | None:
        """The way of checking in; ``None`` where that was the face, and no look at check-in recognised anybody."""
        if self.checked_in_by is not IdentityMethod.FACE:
            return self.checked_in_by
        seen = [one.recognition for one in self.looks if one.moment is CheckMoment.CHECK_IN]
        return IdentityMethod.FACE if Recognition.EXPECTED in seen else None


def told_of(record: VisitRecord, digest: str) -> PastVisit:
    """What a record says, for people."""
    return PastVisit(
        visit=record.jti,
        seq=record.chain.seq,
        digest=digest,
        caregiver=record.who.caregiver,
        recipient=record.who.recipient,
        check_in_ms=record.span.check_in_ms,
        check_out_ms=record.span.check_out_ms,
        duration_s=record.span.duration_s,
        ending=record.span.ending,
        checked_in_by=record.who.checked_in_by,
        claimed=record.services.claimed,
        refused=record.services.refused,
        events=record.integrity.events,
        coverage=record.integrity.coverage,
        arrival=_place(record.where.check_in),
        departure=_place(record.where.check_out),
        place_cues=record.where.cues,
        looks=tuple(_looks(record)),
        room=_room(record),
        heard=_heard(record),
        order=record.who.order,
    )


def _place(where: Fix | NotObserved) -> PastPlace:
    match where:
        case Fix(distance_to_site_m=distance_m):
            return PastPlace(distance_m, None)
        case NotObserved(reason=reason):
            return PastPlace(None, reason)


def _looks(record: VisitRecord) -> Iterator[PastLook]:
    if isinstance(record.face, FaceEvidence):
        for check in record.face.checks:
            recognition = recognise(check.similarity, check.best_other)
            yield PastLook(check.moment, check.at_ms, recognition, *_alive(check.liveness))


def _alive(found: Liveness | NotObserved) -> tuple[bool, LivenessMethod | None]:
    """By a challenge alone was anything asked for; each other method that was not passed is told as itself."""
    if not isinstance(found, Liveness):
        return False, None
    return found.passed and found.method is LivenessMethod.CHALLENGE, None if found.passed else found.method


def _room(record: VisitRecord) -> PastRoom | None:
    if not isinstance(record.occupancy, OccupancyEvidence) or not record.occupancy.intervals:
        return None
    seen = record.occupancy.intervals
    return PastRoom(
        most_people=max(one.people for one in seen),
        in_bed_s=_seconds((one.bed_occupied, one.duration_s) for one in seen),
        at_bedside_s=_seconds((one.caregiver_at_bedside, one.duration_s) for one in seen),
        two_close_s=_seconds((one.two_close, one.duration_s) for one in seen),
    )


def _seconds(seen: Iterator[tuple[bool | None, float]]) -> float | None:
    told = [(held, duration_s) for held, duration_s in seen if held is not None]
    return sum((duration_s for held, duration_s in told if held), 0.0) if told else None


def _heard(record: VisitRecord) -> tuple[tuple[SoundCue, float], ...]:
    if not isinstance(record.sound, SoundEvidence):
        return ()
    seconds: Counter[SoundCue] = Counter()
    for one in record.sound.intervals:
        # A Counter counts whatever adds up.
        seconds[one.cue] += one.duration_s  # type: ignore[assignment]
    return tuple(seconds.most_common())

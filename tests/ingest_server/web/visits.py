"""Records of several kinds for the pages: honest, an empty order, a photo held up, and a home where little was seen."""

from msgspec.structs import replace

from tests.visit_record.examples import CHECK_IN_MS, honest_visit, minutes
from visit_record.record import (
    ChainLink,
    Coverage,
    FaceCheck,
    FaceEvidence,
    Fix,
    Integrity,
    IntegrityEvent,
    Liveness,
    NotObserved,
    OccupancyEvidence,
    OccupancyInterval,
    PathStatistics,
    ServiceClaim,
    Services,
    SoundEvidence,
    SoundInterval,
    Span,
    VisitRecord,
    VoiceCheck,
    VoiceEvidence,
    Where,
)
from visit_record.vocabulary import (
    CheckMoment,
    Ending,
    FixType,
    IntegrityKind,
    LivenessMethod,
    Modality,
    NotObservedReason,
    PlaceCue,
    SoundCue,
)

HOUR_MS = 3_600_000
SHOWN, NOT_SHOWN = Liveness(LivenessMethod.HEAD_TURN, True, 0.31), Liveness(LivenessMethod.HEAD_TURN, False, 0.02)
MISSING = NotObserved(NotObservedReason.CONSENT_WITHHELD)


def fix_at(at_ms: int, distance_m: float) -> Fix:
    return Fix(at_ms, 31.23, 121.47, FixType.FIX_3D, 6.0, 9, 1.1, 0.02, distance_m)


def look(moment: CheckMoment, at_ms: int, similarity: float | None, liveness: Liveness | NotObserved) -> FaceCheck:
    return FaceCheck(moment, at_ms, 8, 1, similarity, 0.8, None, liveness)


def in_room(start_min: float, end_min: float, people: int, bed: bool | None, close: bool) -> OccupancyInterval:
    return OccupancyInterval(minutes(start_min), 60 * (end_min - start_min), people, bed, close, close)


def heard(cue: SoundCue, start_min: float, end_min: float, confidence: float = 0.8) -> SoundInterval:
    return SoundInterval(cue, minutes(start_min), 60 * (end_min - start_min), confidence)


def rich_visit() -> VisitRecord:
    """An honest hour, every lane of the timeline filled, with a lost sensor and a stretch that nothing saw."""
    return honest_visit(
        where=Where(fix_at(CHECK_IN_MS, 8.0), fix_at(minutes(60), 11.0), ()),
        face=FaceEvidence(
            (
                look(CheckMoment.CHECK_IN, CHECK_IN_MS, 0.68, SHOWN),
                look(CheckMoment.DURING, minutes(25), None, NotObserved(NotObservedReason.NOT_ASKED)),
                look(CheckMoment.CHECK_OUT, minutes(60), 0.64, SHOWN),
            )
        ),
        voice=VoiceEvidence((VoiceCheck(minutes(5), 0.83, 6.4), VoiceCheck(minutes(22), 0.55, 4.0)), 2),
        occupancy=OccupancyEvidence(
            (
                in_room(0, 2, 1, False, False),
                in_room(2, 26, 2, True, True),
                in_room(26, 31, 2, None, False),
                in_room(36, 55, 2, False, True),
                in_room(55, 59, 2, True, False),
            ),
            PathStatistics(420.0, 0.3),
            0.9,
        ),
        sound=SoundEvidence(
            tuple(
                sorted(
                    (
                        heard(SoundCue.TABLEWARE, 4, 9),
                        heard(SoundCue.TABLEWARE, 11, 15),
                        heard(SoundCue.EATING, 6, 17, 0.7),
                        heard(SoundCue.SPEECH, 1, 5),
                        heard(SoundCue.SPEECH, 20, 23),
                        heard(SoundCue.CLOTH, 36, 43),
                        heard(SoundCue.WATER, 45, 53),
                        heard(SoundCue.MEDIA, 0, 18),
                    ),
                    key=lambda interval: interval.started_at_ms,
                )
            ),
            0.2,
            0.93,
            (),
        ),
        services=Services(
            (
                ServiceClaim("feeding", minutes(3), 1200.0),
                ServiceClaim("bed_making", minutes(35), 600.0),
                ServiceClaim("hand_and_foot_care", minutes(44), 660.0),
            ),
            (),
        ),
        integrity=Integrity(
            (
                IntegrityEvent(IntegrityKind.SENSOR_LOST, minutes(27), Modality.SOUND),
                IntegrityEvent(IntegrityKind.SENSOR_BACK, minutes(33), Modality.SOUND),
            ),
            (Coverage(Modality.FACE, 0.8, NotObservedReason.TOO_LITTLE_SIGNAL),),
        ),
    )


def empty_order() -> VisitRecord:
    """Checked in, left after eight minutes, came back to check out; no trace of the claims, though it was quiet."""
    return replace(
        rich_visit(),
        occupancy=OccupancyEvidence(
            (in_room(0, 8, 2, True, False), in_room(8, 58, 1, True, False), in_room(58, 60, 2, True, False)),
            PathStatistics(30.0, 0.95),
            0.99,
        ),
        sound=SoundEvidence((heard(SoundCue.MEDIA, 24, 34),), 0.8, 0.99, ()),
        voice=NotObserved(NotObservedReason.TOO_LITTLE_SIGNAL),
        integrity=Integrity((IntegrityEvent(IntegrityKind.CAMERA_COVERED, minutes(9), Modality.FACE),), ()),
    )


def proxy_with_photo() -> VisitRecord:
    """Somebody else, with a photo held up, at a place that is not the home."""
    return replace(
        rich_visit(),
        where=Where(fix_at(CHECK_IN_MS, 2400.0), fix_at(minutes(60), 2380.0), (PlaceCue.FROZEN_JITTER,)),
        face=FaceEvidence(
            (
                look(CheckMoment.CHECK_IN, CHECK_IN_MS, 0.72, NOT_SHOWN),
                look(CheckMoment.DURING, minutes(30), 0.18, NotObserved(NotObservedReason.NOT_ASKED)),
                look(CheckMoment.CHECK_OUT, minutes(60), 0.21, NOT_SHOWN),
            )
        ),
        voice=VoiceEvidence((VoiceCheck(minutes(5), 0.51, 9.4),), 2),
    )


def little_seen() -> VisitRecord:
    """Consent withheld for camera and microphone, and a broken array: nothing to weigh, and nothing against anybody."""
    return honest_visit(
        where=Where(NotObserved(NotObservedReason.NO_SATELLITES), NotObserved(NotObservedReason.NO_SATELLITES), ()),
        face=MISSING,
        voice=MISSING,
        sound=MISSING,
        occupancy=NotObserved(NotObservedReason.SENSOR_FAULT),
        integrity=Integrity((IntegrityEvent(IntegrityKind.POWER_LOSS, minutes(12), None),), ()),
    )


def longest_names() -> VisitRecord:
    """An honest visit whose people have the longest ids there may be."""
    return replace(rich_visit(), who=replace(rich_visit().who, caregiver="c" * 64, recipient="r" * 64))


def momentary() -> VisitRecord:
    """Over as soon as it began, at the last moment that a record may name, with nothing in it."""
    end_ms = 253_402_300_799_999
    return honest_visit(
        iat=end_ms // 1000,
        span=Span(end_ms, end_ms, 0.0, Ending.INTERRUPTED),
        where=Where(MISSING, MISSING, ()),
        face=MISSING,
        voice=MISSING,
        sound=SoundEvidence((), 0.0, 0.0, ()),
        occupancy=OccupancyEvidence((), None, 0.0),
        services=Services((), ()),
        integrity=Integrity((), ()),
    )


def moved(record: VisitRecord, by_ms: int) -> VisitRecord:
    """The same visit, without evidence, at another time."""
    span = record.span
    return replace(
        little_seen(),
        who=record.who,
        span=replace(span, check_in_ms=span.check_in_ms + by_ms, check_out_ms=span.check_out_ms + by_ms),
        iat=record.iat + by_ms // 1000 + 1,
        integrity=Integrity((), ()),
        services=Services((), ()),
    )


def linked(record: VisitRecord, seq: int, prev: str | None) -> VisitRecord:
    return replace(record, chain=ChainLink(seq, prev))

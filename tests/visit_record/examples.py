"""A whole, valid record and a fixed key, for tests to alter."""

import msgspec
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from visit_record.record import (
    SCHEMA,
    ChainLink,
    Clock,
    Consent,
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
    OtherMatch,
    PathStatistics,
    PlannedOrder,
    RefusedService,
    ServiceClaim,
    Services,
    SoundEvidence,
    SoundFingerprint,
    SoundInterval,
    Span,
    VisitRecord,
    VoiceCheck,
    VoiceEvidence,
    Where,
    Who,
)
from visit_record.vocabulary import (
    CheckMoment,
    ClockSource,
    Ending,
    FixType,
    IdentityMethod,
    IntegrityKind,
    LivenessMethod,
    Modality,
    NotObservedReason,
    ServiceRefusalReason,
    SoundCue,
)

CHECK_IN_MS = 1_790_000_000_000
KEY = Ed25519PrivateKey.from_private_bytes(bytes(range(32)))
STRANGER = Ed25519PrivateKey.from_private_bytes(bytes(range(1, 33)))


def minutes(count: float) -> int:
    return CHECK_IN_MS + int(60_000 * count)


def honest_visit(**changes: object) -> VisitRecord:
    """An hour's honest visit with every part observed but the check-out fix; ``changes`` replace whole parts."""
    record = VisitRecord(
        schema=SCHEMA,
        iss="device-1",
        iat=minutes(60) // 1000,
        jti="01a0c45a-5c00-7000-8000-000000000000",
        ueid="AQEBAQEBAQEBAQEBAQEBAQE",
        swversion="0.1.0",
        bootcount=3,
        agency="agency-a",
        chain=ChainLink(1, None),
        models={"care_sound": "0" * 64},
        clock=Clock(ClockSource.NTP, 12.5),
        who=Who(
            "caregiver-1",
            "recipient-1",
            PlannedOrder("order-1", CHECK_IN_MS, 3600.0, ("feeding", "bed_making")),
            tuple(Consent(modality, True, "2026-1") for modality in Modality),
            IdentityMethod.FACE,
        ),
        span=Span(CHECK_IN_MS, minutes(60), 3600.0, Ending.CHECKED_OUT),
        where=Where(
            Fix(CHECK_IN_MS, 31.23, 121.47, FixType.FIX_3D, 6.0, 9, 1.1, 0.02, 8.0),
            NotObserved(NotObservedReason.NO_SATELLITES),
            (),
        ),
        face=FaceEvidence(
            (
                FaceCheck(
                    CheckMoment.CHECK_IN,
                    CHECK_IN_MS,
                    8,
                    1,
                    0.68,
                    0.9,
                    OtherMatch("caregiver-2", 0.21),
                    Liveness(LivenessMethod.HEAD_TURN, True, 0.31),
                ),
            )
        ),
        voice=VoiceEvidence((VoiceCheck(minutes(5), 0.83, 6.4),), 2),
        occupancy=OccupancyEvidence(
            (OccupancyInterval(CHECK_IN_MS, 3500.0, 2, True, True, True),), PathStatistics(120.5, 0.4), 0.97
        ),
        sound=SoundEvidence(
            (
                SoundInterval(SoundCue.TABLEWARE, minutes(4), 600.0, 0.81),
                SoundInterval(SoundCue.CLOTH, minutes(30), 240.0, 0.7),
            ),
            0.3,
            0.99,
            (SoundFingerprint(minutes(4), "0123456789abcdef"),),
        ),
        services=Services(
            (ServiceClaim("feeding", minutes(3), 1200.0),),
            (RefusedService("bed_making", ServiceRefusalReason.RECIPIENT_REFUSED),),
        ),
        integrity=Integrity(
            (IntegrityEvent(IntegrityKind.SENSOR_LOST, minutes(50), Modality.POSITION),),
            (Coverage(Modality.THERMAL, 0.97, NotObservedReason.SENSOR_FAULT),),
        ),
        commitment="ab" * 32,
    )
    return msgspec.structs.replace(record, **changes)

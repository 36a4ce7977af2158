"""The visit record: what one device witnessed of one visit.

Times are UTC milliseconds; durations are seconds of the monotonic clock. A part that could not be observed
is a :class:`NotObserved` with its reason; inside a part, ``None`` means not observed and ``0.0`` observed to be zero.
Claims that EAT (RFC 9711) or JWT (RFC 7519) name keep their names: ``iss iat jti ueid swversion bootcount``.
"""

import re
from typing import Annotated, Final, Literal

from msgspec import Meta, Struct

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
    PlaceCue,
    ServiceRefusalReason,
    SoundCue,
)

SCHEMA: Final = "carewitness.visit/1"

# What may name anybody or anything; versions and user names are held to it too.
IDENTIFIER: Final = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,63}")
Identifier = Annotated[str, Meta(pattern=rf"^{IDENTIFIER.pattern}\Z")]
VisitId = Annotated[str, Meta(pattern=r"^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}\Z")]
Sha256Hex = Annotated[str, Meta(pattern=r"^[0-9a-f]{64}\Z")]
FingerprintHex = Annotated[str, Meta(pattern=r"^[0-9a-f]{16}\Z")]
ShortText = Annotated[str, Meta(min_length=1, max_length=64)]
Count = Annotated[int, Meta(ge=0, le=2**31 - 1)]
# 9999-12-31, so that every accepted time can be written as a date.
UnixMs = Annotated[int, Meta(ge=0, le=253_402_300_799_999)]
UnixS = Annotated[int, Meta(ge=0, le=253_402_300_799)]
Seconds = Annotated[float, Meta(ge=0, le=31_622_400)]
Share = Annotated[float, Meta(ge=0, le=1)]
Similarity = Annotated[float, Meta(ge=-1, le=1)]
Metres = Annotated[float, Meta(ge=0, le=20_037_508)]


class Part(Struct, frozen=True, forbid_unknown_fields=True, gc=False):
    """A part of the record; a field that the schema does not know is refused, so nothing rides along unsigned for.

    Nothing in a record refers back to it, so the garbage collector need not look at its hundreds of parts.
    """


class NotObserved(Part, frozen=True, tag="not_observed", tag_field="kind"):
    """A thing that could not be observed, and why."""

    reason: NotObservedReason


class ChainLink(Part, frozen=True):
    """Place in the device's chain: ``prev`` is the SHA-256 of the sealed record ``seq - 1``, ``None`` for the first."""

    seq: Annotated[int, Meta(ge=1, le=2**53 - 1)]
    prev: Sha256Hex | None


class Clock(Part, frozen=True):
    """The wall clock's source and its offset from that source when last compared."""

    source: ClockSource
    offset_ms: float | None


class Consent(Part, frozen=True):
    """Whether caregiver and recipient both allowed a sense, and the version of the text they were shown."""

    modality: Modality
    granted: bool
    text_version: ShortText


class PlannedOrder(Part, frozen=True):
    """What the agency had ordered; the service items are ids of the catalogue."""

    order: Identifier
    planned_start_ms: UnixMs
    planned_duration_s: Seconds
    items: tuple[Identifier, ...]


class Who(Part, frozen=True):
    """The two people of the visit, the order, and the consent that bounds what was sensed."""

    caregiver: Identifier
    recipient: Identifier
    order: PlannedOrder | None
    consents: tuple[Consent, ...]
    checked_in_by: IdentityMethod


class Span(Part, frozen=True):
    """When the visit was; ``duration_s`` is monotonic and may differ from the wall clock's difference."""

    check_in_ms: UnixMs
    check_out_ms: UnixMs
    duration_s: Seconds
    ending: Ending


class Fix(Part, frozen=True, tag="fix", tag_field="kind"):
    """One GNSS position, WGS 84. ``gps_minus_system_s`` compares the satellites' time with the device's."""

    at_ms: UnixMs
    latitude_deg: Annotated[float, Meta(ge=-90, le=90)]
    longitude_deg: Annotated[float, Meta(ge=-180, le=180)]
    fix_type: FixType
    accuracy_m: Metres | None
    satellites: Count | None
    hdop: Annotated[float, Meta(ge=0)] | None
    gps_minus_system_s: float | None
    distance_to_site_m: Metres | None


class Where(Part, frozen=True):
    """Position at check-in and check-out, and signs against its honesty."""

    check_in: Fix | NotObserved
    check_out: Fix | NotObserved
    cues: tuple[PlaceCue, ...]


class Liveness(Part, frozen=True, tag="liveness", tag_field="kind"):
    """Whether the asked-for movement was seen, and how far: ``score`` is the raw measure of the method."""

    method: LivenessMethod
    passed: bool
    score: float


class OtherMatch(Part, frozen=True):
    """The most similar other caregiver on the device's roster."""

    caregiver: Identifier
    similarity: Similarity


class FaceCheck(Part, frozen=True):
    """One look at whoever stood before the camera.

    ``similarity`` is 1 minus the distance of embeddings, ``None`` where no face was good enough to compare;
    ``faces`` is the largest number in one frame; ``quality`` 0..1.
    """

    moment: CheckMoment
    at_ms: UnixMs
    frames: Count
    faces: Count
    similarity: Similarity | None
    quality: Share | None
    best_other: OtherMatch | None
    liveness: Liveness | NotObserved


class FaceEvidence(Part, frozen=True, tag="face", tag_field="kind"):
    """Every face check, in order."""

    checks: tuple[FaceCheck, ...]


class VoiceCheck(Part, frozen=True):
    """Cosine similarity of the speech heard around ``at_ms`` to the caregiver's voiceprint."""

    at_ms: UnixMs
    similarity: Similarity
    speech_s: Seconds


class VoiceEvidence(Part, frozen=True, tag="voice", tag_field="kind"):
    """Voice checks, in order, and how many different speakers they hold."""

    checks: tuple[VoiceCheck, ...]
    speakers: Count


class OccupancyInterval(Part, frozen=True):
    """A stretch over which the room's occupancy did not change; ``None`` where the array could not tell."""

    started_at_ms: UnixMs
    duration_s: Seconds
    people: Count
    bed_occupied: bool | None
    caregiver_at_bedside: bool | None
    two_close: bool | None


class PathStatistics(Part, frozen=True):
    """Movement over the thermal array: cells of the array travelled, and the share of time without movement."""

    travelled_cells: Annotated[float, Meta(ge=0)]
    still_share: Share


class OccupancyEvidence(Part, frozen=True, tag="occupancy", tag_field="kind"):
    """Who was where, in order of time; ``coverage`` is the share of the visit that the array saw."""

    intervals: tuple[OccupancyInterval, ...]
    path: PathStatistics | None
    coverage: Share


class SoundInterval(Part, frozen=True):
    """A stretch of one class of sound; ``confidence`` is the mean probability over its windows."""

    cue: SoundCue
    started_at_ms: UnixMs
    duration_s: Seconds
    confidence: Share


class SoundFingerprint(Part, frozen=True):
    """Perceptual hash of a stretch of sound, to find the same recording in another visit."""

    at_ms: UnixMs
    bits: FingerprintHex


class SoundEvidence(Part, frozen=True, tag="sound", tag_field="kind"):
    """Sounds heard, in order of time; speech content is never recognised."""

    intervals: tuple[SoundInterval, ...]
    quiet_share: Share
    coverage: Share
    fingerprints: tuple[SoundFingerprint, ...]


class ServiceClaim(Part, frozen=True):
    """A service item that the caregiver says was given, with its time."""

    item: Identifier
    started_at_ms: UnixMs
    duration_s: Seconds


class RefusedService(Part, frozen=True):
    """A planned service item that was not given, and why."""

    item: Identifier
    reason: ServiceRefusalReason


class Services(Part, frozen=True):
    """Items claimed, in order of time, and items refused."""

    claimed: tuple[ServiceClaim, ...]
    refused: tuple[RefusedService, ...]


class IntegrityEvent(Part, frozen=True):
    """Something that befell the device; ``modality`` names the sensor concerned, where one is."""

    kind: IntegrityKind
    at_ms: UnixMs
    modality: Modality | None


class Coverage(Part, frozen=True):
    """The share of the visit that a sense was able to observe, and why not the rest."""

    modality: Modality
    observed_share: Share
    reason: NotObservedReason | None


class Integrity(Part, frozen=True):
    """The device's own troubles, and what each sense could see."""

    events: tuple[IntegrityEvent, ...]
    coverage: tuple[Coverage, ...]


class VisitRecord(Part, frozen=True):
    """One visit, as one device witnessed it. Sealed by :mod:`visit_record.sealing`."""

    schema: Literal["carewitness.visit/1"]
    iss: Identifier
    iat: UnixS
    jti: VisitId
    ueid: ShortText
    swversion: ShortText
    bootcount: Count
    agency: Identifier
    chain: ChainLink
    models: dict[ShortText, Sha256Hex]
    clock: Clock
    who: Who
    span: Span
    where: Where
    face: FaceEvidence | NotObserved
    voice: VoiceEvidence | NotObserved
    occupancy: OccupancyEvidence | NotObserved
    sound: SoundEvidence | NotObserved
    services: Services
    integrity: Integrity
    commitment: Sha256Hex

"""What perception says of readings: small, typed, without picture, sound or template.

``at_ms`` is the monotonic time of the reading. Observations are journalled, so each is a frozen msgspec struct.
"""

from enum import StrEnum

from msgspec import Struct

from visit_record.vocabulary import FixType, SoundCue


class Observation(Struct, frozen=True, tag=True):
    """Base of all observations."""

    at_ms: int


class FaceFlaw(StrEnum):
    """Why a face is seen too badly to be compared: what a screen may ask for."""

    TOO_SMALL = "too_small"
    BLURRED = "blurred"
    TURNED = "turned"
    DARK = "dark"
    BRIGHT = "bright"


class FaceObservation(Observation, frozen=True):
    """One camera frame. ``similarity`` to the expected caregiver is ``None`` where no face could be compared.

    ``yaw`` is the nose's place between the jaw's two sides, 0 (far left in the picture) .. 1 (far right), ``None``
    without landmarks. A flat picture keeps its yaw however it is held: the ratio is invariant under affine maps.
    A frame with neither ``flaw`` nor ``similarity`` is one of those that are good but not each compared.
    ``eyes_open`` is how open the eyes are, 0 shut .. about 0.3; ``face_share`` the way from eyes to chin as a share of
    the picture's height. ``warm`` is whether the thermal array sees a face's warmth there, ``None`` where it cannot
    tell. ``live_probability`` is MiniFASNet's, ``grid`` how far the strongest wave in the face stands out, as displays'
    do. ``black`` is whether the whole picture holds nothing: the room is dark, or the lens covered.
    """

    faces: int
    similarity: float | None = None
    quality: float | None = None
    best_other: str | None = None
    best_other_similarity: float | None = None
    yaw: float | None = None
    flaw: FaceFlaw | None = None
    eyes_open: float | None = None
    face_share: float | None = None
    warm: bool | None = None
    live_probability: float | None = None
    grid: float | None = None
    black: bool = False


class SoundObservation(Observation, frozen=True):
    """One window of 0.96 s: a probability for each :class:`SoundCue` in its order, and the level in dB full scale."""

    probabilities: tuple[float, ...]
    level_dbfs: float

    def probability(self, cue: SoundCue) -> float:
        """Probability 0..1 that the window holds the cue."""
        return self.probabilities[list(SoundCue).index(cue)]


class FingerprintObservation(Observation, frozen=True):
    """Perceptual hash, 16 hexadecimal digits, of a stretch of sound."""

    bits: str


class VoiceObservation(Observation, frozen=True):
    """A stretch of speech: cosine similarity to the expected voiceprint (``None`` when nobody is enrolled).

    ``speaker`` numbers the different voices heard so far in this visit, from 0.
    """

    similarity: float | None
    speech_s: float
    speaker: int


class OccupancyObservation(Observation, frozen=True):
    """One thermal frame. Everything else is ``None`` where ``blind``: the array saw nothing it could judge.

    ``bed_occupied`` and ``caregiver_at_bedside`` are ``None`` also where the place of the bed is unknown.
    ``centre`` is (row, column) of the warmest moving person in cells of the array.
    """

    blind: bool
    people: int | None = None
    bed_occupied: bool | None = None
    caregiver_at_bedside: bool | None = None
    two_close: bool | None = None
    posture: str | None = None
    centre: tuple[float, float] | None = None


class PositionObservation(Observation, frozen=True):
    """A position as the receiver told it, without judgement.

    ``satellites`` counts those used, ``satellites_heard`` those with a signal, used or not; both are ``None`` where the
    receiver told nothing of them. ``snr_spread_db`` is the standard deviation of the signals, ``None`` without any.
    """

    fix_type: FixType
    latitude_deg: float | None = None
    longitude_deg: float | None = None
    accuracy_m: float | None = None
    satellites: int | None = None
    hdop: float | None = None
    gps_minus_system_s: float | None = None
    snr_spread_db: float | None = None
    satellites_heard: int | None = None


AnyObservation = (
    FaceObservation
    | SoundObservation
    | FingerprintObservation
    | VoiceObservation
    | OccupancyObservation
    | PositionObservation
)

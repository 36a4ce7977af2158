"""What happens in a staged visit, second by second, before any sensor sees it.

One script drives every simulated sensor, so that picture, sound, heat and position tell one story.
"""

from dataclasses import dataclass, field
from enum import StrEnum

from visit_record.vocabulary import IntegrityKind, Modality, NotObservedReason, SoundCue


class Person(StrEnum):
    """The roles in a home."""

    CAREGIVER = "caregiver"
    RECIPIENT = "recipient"
    FAMILY = "family"


class Spot(StrEnum):
    """Where in the room somebody is."""

    BED = "bed"
    BEDSIDE = "bedside"
    BASIN = "basin"
    SOFA = "sofa"
    DOOR = "door"


class Portrait(StrEnum):
    """The two real faces that any machine has: matplotlib's and scikit-image's public-domain portraits."""

    GRACE_HOPPER = "grace_hopper"
    ASTRONAUT = "astronaut"


class ShownAs(StrEnum):
    """Whether a face before the camera is a head or one of the pictures of one that ``sim.attacks`` makes."""

    LIVE = "live"
    PHOTO = "photo"
    CUT_OUT = "cut_out"
    SCREEN = "screen"
    REPLAY = "replay"


@dataclass(frozen=True)
class Voice:
    """A synthesised voice: fundamental frequency in Hz, and vocal-tract length relative to an adult man's."""

    pitch_hz: float
    tract: float


@dataclass(frozen=True)
class Stay:
    """Somebody is at a spot from ``start_s`` to ``end_s``; ``moving`` when they work rather than rest."""

    start_s: float
    end_s: float
    person: Person
    spot: Spot
    moving: bool = False


@dataclass(frozen=True)
class Noise:
    """A sound is made from ``start_s`` to ``end_s``, ``gain_db`` relative to its usual level at the device."""

    start_s: float
    end_s: float
    cue: SoundCue
    gain_db: float = 0.0
    voice: Voice | None = None


@dataclass(frozen=True)
class Appearance:
    """A face before the camera; ``turns_head`` when it does what is asked of it, or turns about where nothing is."""

    start_s: float
    end_s: float
    portrait: Portrait
    shown_as: ShownAs
    turns_head: bool = False


class Spoofer(StrEnum):
    """Ways of faking what a receiver says. ``Sky`` has two more: no jitter, and an offset of the satellites' time."""

    UNTOLD = "untold"
    """A virtual location: a place, and not a word of satellites."""

    NONE_HEARD = "none_heard"
    """A virtual location that admits to no satellites."""

    GENERATOR = "generator"
    """A signal generator in front of an honest receiver: all satellites at one power."""

    LEAP = "leap"
    """Switched on in the middle of the visit: the true place before, the pretended one after."""


@dataclass(frozen=True)
class Sky:
    """What the position receiver can say: where it is, and how well; no fix where ``satellites`` is 0.

    With a ``spoofer`` it is where somebody pretends to be.
    """

    latitude_deg: float
    longitude_deg: float
    satellites: int = 9
    hdop: float = 1.1
    jitter_m: float = 3.0
    gps_offset_s: float = 0.0
    spoofer: Spoofer | None = None


class DecoyKind(StrEnum):
    """Warm things that are nobody."""

    HEATER = "heater"
    KETTLE = "kettle"
    SUN_PATCH = "sun_patch"
    WARM_BEDDING = "warm_bedding"
    PET = "pet"


@dataclass(frozen=True)
class Outage:
    """A sense that observes nothing from ``start_s`` to ``end_s``, and what the device says of why."""

    modality: Modality
    start_s: float
    end_s: float
    reason: NotObservedReason = NotObservedReason.SENSOR_FAULT


@dataclass(frozen=True)
class Conditions:
    """What makes a visit hard to witness, whoever is honest.

    ``light`` is the share of good light before the camera; ``noise_db`` the level of steady noise under what is said,
    in decibels relative to speech (-10 is 10 dB under it), ``None`` in a quiet room; ``gain_db`` what the microphone
    gives relative to its usual gain; ``distance_m`` from the device to the bed; ``old_face`` where the face is
    harder for the embedder than those it was measured on.
    """

    light: float = 1.0
    noise_db: float | None = None
    gain_db: float = 0.0
    distance_m: float = 2.0
    old_face: bool = False
    decoys: frozenset[DecoyKind] = frozenset()
    outages: tuple[Outage, ...] = ()


@dataclass(frozen=True)
class Deed:
    """Something that somebody does to the device at ``at_s``, to one of its senses or to all of it.

    A deed is what the device can notice; what it then fails to observe stands in the conditions' outages.
    """

    at_s: float
    kind: IntegrityKind
    modality: Modality | None = None


@dataclass(frozen=True)
class VisitScript:
    """Everything that happens in one staged visit, from check-in at 0 to check-out at ``duration_s``.

    Only the face that checks out appears after that.
    """

    seed: int
    started_at_ms: int
    duration_s: float
    stays: tuple[Stay, ...]
    noises: tuple[Noise, ...]
    appearances: tuple[Appearance, ...]
    sky: Sky
    conditions: Conditions = field(default_factory=Conditions)
    deeds: tuple[Deed, ...] = ()

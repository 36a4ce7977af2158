"""Errors of the device, each saying what an operator can do.

EdgeError
├── SensorError        a sensor cannot be opened or has failed
│   ├── SensorOffError        somebody has switched it off
│   └── UnreadableFileError   a file given to replay or inspect is not what it should be
├── PerceptionError    a sense failed at what its sensor gave
├── ModelError         a model is missing, altered or cannot be loaded
│   └── PullError      a model cannot be fetched
├── OutboxError        the outbox cannot be written or read
│   ├── DiskFullError         there is no room for it
│   ├── DamagedOutboxError    its file is damaged
│   │   └── DamagedHeadError      the file beside it does not say where the chain ends
│   └── LostOutboxError       its file is gone or empty, though records were sealed
├── UplinkError        the broker cannot be reached or refuses
├── IdentityError      the device's key is missing or unreadable
├── ScanError          no code became whole before the camera, or it cannot be kept
├── SettingsError      the settings file is missing or wrong
├── VaultError         what is sealed on the device cannot be read or written
├── SiteSoundError     a home's own sounds cannot be learnt, kept or used
├── UpdateError        a release is refused, or cannot be fetched, built, switched or rolled back
├── VisitStateError    an event that the visit's state does not allow
│   └── NobodyCameError       nobody checked in, so that there is no visit
└── DeskError          something that a caregiver asked for and cannot have
"""

from enum import StrEnum

from visit_record.bilingual import BilingualError


class EdgeError(BilingualError):
    """Base of all errors that the device's code raises on purpose."""


class SensorError(EdgeError):
    """A sensor cannot be opened or has failed; the visit goes on without it."""


class SensorOffError(SensorError):
    """Somebody has switched the sensor off: no fault, and never passed over in silence."""


class UnreadableFileError(SensorError):
    """A file given to replay or inspect is not what it should be: to the port, a sensor that cannot be opened."""


class PerceptionError(EdgeError):
    """A sense failed at what its sensor gave; the visit goes on without it. Why is said in English, and in the log."""

    def __init__(self, en: str, zh: str = "识别程序出错，详情见英文") -> None:
        super().__init__(en, zh)


class ModelError(EdgeError):
    """A model is missing, altered or cannot be loaded."""


class PullError(ModelError):
    """A model cannot be fetched from its public source or a mirror."""


class OutboxError(EdgeError):
    """The outbox cannot be written or read."""


class DiskFullError(OutboxError):
    """There is no room for what should be stored; what was stored before is whole."""


class DamagedOutboxError(OutboxError):
    """The outbox's file is damaged."""


class DamagedHeadError(DamagedOutboxError):
    """The file beside the outbox does not say where the chain ends."""


class LostOutboxError(OutboxError):
    """The outbox's file is gone or empty, though records were sealed."""


class UplinkError(EdgeError):
    """The broker cannot be reached or refuses."""


class IdentityError(EdgeError):
    """The device's key is missing or unreadable."""


class ScanError(EdgeError):
    """No code became whole before the camera, or what it said cannot be kept."""


class SettingsError(EdgeError):
    """The settings file is missing or wrong."""


class VaultError(EdgeError):
    """What is sealed on the device cannot be read or written."""


class SiteSoundError(EdgeError):
    """A home's own sounds cannot be learnt, kept or used; the visit goes on with the model alone."""


class UpdateError(EdgeError):
    """A release is refused, or cannot be fetched, built, switched or rolled back; what runs goes on."""


class VisitStateError(EdgeError):
    """An event that the visit's state does not allow; which, and why, is said in English.

    Whoever stands at the screen is told by a ``Refusal``.
    """

    def __init__(self, en: str, zh: str = "服务进行到这一步时不能这样做，详情见英文") -> None:
        super().__init__(en, zh)


class NobodyCameError(VisitStateError):
    """Nobody checked in, so that there is no visit."""


class Refusal(StrEnum):
    """Why a caregiver cannot have what they asked for."""

    NOT_NOW = "not_now"
    UNKNOWN_ORDER = "unknown_order"
    OTHERS_ORDER = "others_order"
    UNKNOWN_ITEM = "unknown_item"
    CHOOSE_FIRST = "choose_first"
    ANSWERS_DIFFER = "answers_differ"
    NO_SUCH_WAY = "no_such_way"
    WRONG_CODE = "wrong_code"
    TOO_MANY_CODES = "too_many_codes"
    SHOW_WHO = "show_who"
    WRONG_PIN = "wrong_pin"
    WAIT_WITH_PINS = "wait_with_pins"
    NOT_YOURS = "not_yours"
    SAY_WHAT = "say_what"
    TOO_LONG = "too_long"
    UNREADABLE = "unreadable"
    NOTES_FULL = "notes_full"
    NOT_STORED = "not_stored"
    CLOSED = "closed"


class DeskError(EdgeError):
    """Something that a caregiver asked for and cannot have; nothing changed, and ``refusal`` says why."""

    def __init__(self, refusal: Refusal, detail: str = "") -> None:
        super().__init__(f"{refusal}: {detail}" if detail else refusal.value, "屏幕上的请求不能照办，详情见英文")
        self.refusal = refusal

"""The words that device, server and people share; every value appears on the wire as written here."""

from enum import StrEnum


class Modality(StrEnum):
    """A sense of the device, and the unit of consent and of coverage."""

    FACE = "face"
    VOICE = "voice"
    SOUND = "sound"
    THERMAL = "thermal"
    POSITION = "position"


class NotObservedReason(StrEnum):
    """Why a thing could not be observed. None of them is evidence of fraud."""

    CONSENT_WITHHELD = "consent_withheld"
    SENSOR_ABSENT = "sensor_absent"
    SENSOR_FAULT = "sensor_fault"
    NO_SATELLITES = "no_satellites"
    LOCATION_OFF = "location_off"
    NOT_ENROLLED = "not_enrolled"
    TOO_LITTLE_SIGNAL = "too_little_signal"
    NOT_ASKED = "not_asked"


class Typology(StrEnum):
    """How a visit may have been faked, each a hypothesis weighed against ``genuine``."""

    GENUINE = "genuine"
    EMPTY_ORDER = "empty_order"
    COLLUDING_FAMILY = "colluding_family"
    PROXY_CAREGIVER = "proxy_caregiver"
    RECIPIENT_ABSENT = "recipient_absent"
    PADDED_DURATION = "padded_duration"
    SERVICE_SWAP = "service_swap"
    REPLAYED_EVIDENCE = "replayed_evidence"
    FALSE_LOCATION = "false_location"
    DOUBLE_BOOKING = "double_booking"
    SHARED_IDENTITY = "shared_identity"
    TAMPERED_DEVICE = "tampered_device"


class SoundCue(StrEnum):
    """Classes of the care-sound model, in the order of its output."""

    SPEECH = "speech"
    MEDIA = "media"
    TABLEWARE = "tableware"
    EATING = "eating"
    WATER = "water"
    CLOTH = "cloth"
    SWEEPING = "sweeping"
    APPLIANCE = "appliance"
    FOOTSTEPS = "footsteps"
    DOOR = "door"
    COUGH = "cough"
    QUIET = "quiet"


class OccupancyCue(StrEnum):
    """What the thermal array can say of a service item."""

    CAREGIVER_AT_BEDSIDE = "caregiver_at_bedside"
    TWO_CLOSE = "two_close"
    BED_STATE_CHANGES = "bed_state_changes"
    BED_LEFT = "bed_left"
    MOVEMENT = "movement"


class CheckMoment(StrEnum):
    """When in the visit somebody was checked."""

    CHECK_IN = "check_in"
    DURING = "during"
    CHECK_OUT = "check_out"


class IdentityMethod(StrEnum):
    """The way in that the caregiver used; anything but ``face`` is the other way in, and never blocks care."""

    FACE = "face"
    VOICE = "voice"
    PIN = "pin"
    SUPERVISOR_CODE = "supervisor_code"


class Ending(StrEnum):
    """How the visit came to its end on the device."""

    CHECKED_OUT = "checked_out"
    ABANDONED = "abandoned"
    INTERRUPTED = "interrupted"


class FixType(StrEnum):
    """GNSS fix dimension, as gpsd's TPV ``mode`` tells it."""

    NONE = "none"
    FIX_2D = "2d"
    FIX_3D = "3d"


class ClockSource(StrEnum):
    """What the device's wall clock was last set from."""

    UNSYNCHRONISED = "unsynchronised"
    NTP = "ntp"
    GNSS = "gnss"
    RTC = "rtc"


class LivenessMethod(StrEnum):
    """How it was shown that a living face stood before the camera."""

    HEAD_TURN = "head_turn"
    CHALLENGE = "challenge"
    WARM_FACE = "warm_face"
    ANTISPOOF = "antispoof"
    TEXTURE = "texture"


class PlaceCue(StrEnum):
    """Signs that a position was not come by honestly."""

    NO_SATELLITES_YET_FIX = "no_satellites_yet_fix"
    POSITION_JUMP = "position_jump"
    FROZEN_JITTER = "frozen_jitter"
    TIME_OFFSET = "time_offset"
    FLAT_SIGNALS = "flat_signals"


class IntegrityKind(StrEnum):
    """What befell the device itself during a visit."""

    CAMERA_COVERED = "camera_covered"
    MICROPHONE_MUTED = "microphone_muted"
    DEVICE_MOVED = "device_moved"
    CLOCK_STEP = "clock_step"
    POWER_LOSS = "power_loss"
    SENSOR_LOST = "sensor_lost"
    SENSOR_BACK = "sensor_back"


# What somebody does to a device; a lost sensor, lost power or a stepped clock may be nobody's deed.
DEEDS = frozenset({IntegrityKind.CAMERA_COVERED, IntegrityKind.MICROPHONE_MUTED, IntegrityKind.DEVICE_MOVED})


class ServiceRefusalReason(StrEnum):
    """Why a planned service item was not given."""

    RECIPIENT_REFUSED = "recipient_refused"
    RECIPIENT_UNWELL = "recipient_unwell"
    FAMILY_ALREADY_DID = "family_already_did"
    NO_SUPPLIES = "no_supplies"
    OTHER = "other"


class ContestReason(StrEnum):
    """What a caregiver says is not right in what the device said of a visit."""

    PERSON = "person"
    TIME = "time"
    PLACE = "place"
    ITEMS = "items"
    NOT_SEEN = "not_seen"
    DEVICE = "device"
    OTHER = "other"


class ExceptionClass(StrEnum):
    """What a raised exception asks of people."""

    MUST_FIX = "must_fix"
    ACKNOWLEDGE = "acknowledge"
    INFO = "info"


class ExceptionCode(StrEnum):
    """EVV exceptions that a visit may carry."""

    NO_CHECKIN = "NO_CHECKIN"
    NO_CHECKOUT = "NO_CHECKOUT"
    ABANDONED = "ABANDONED"
    GPS_UNAVAILABLE = "GPS_UNAVAILABLE"
    GPS_DISTANCE = "GPS_DISTANCE"
    GPS_SPOOF_SUSPECT = "GPS_SPOOF_SUSPECT"
    FACE_MISMATCH = "FACE_MISMATCH"
    FACE_LIVENESS_FAIL = "FACE_LIVENESS_FAIL"
    VOICE_MISMATCH = "VOICE_MISMATCH"
    NO_OCCUPANCY = "NO_OCCUPANCY"
    BED_EMPTY = "BED_EMPTY"
    NO_CARE_ACTIVITY = "NO_CARE_ACTIVITY"
    SHORT_VISIT = "SHORT_VISIT"
    ITEM_UNSUPPORTED = "ITEM_UNSUPPORTED"
    OVERLAP = "OVERLAP"
    IMPOSSIBLE_TRAVEL = "IMPOSSIBLE_TRAVEL"
    HOURS_OVER_CAP = "HOURS_OVER_CAP"
    REPLAYED_MEDIA = "REPLAYED_MEDIA"
    SHARED_IDENTITY = "SHARED_IDENTITY"
    DEVICE_OFFLINE = "DEVICE_OFFLINE"
    SENSOR_FAULT = "SENSOR_FAULT"
    SEQ_GAP = "SEQ_GAP"
    CHAIN_FORK = "CHAIN_FORK"
    CLOCK_SKEW = "CLOCK_SKEW"
    SIGNATURE_INVALID = "SIGNATURE_INVALID"
    CONSENT_WITHHELD = "CONSENT_WITHHELD"

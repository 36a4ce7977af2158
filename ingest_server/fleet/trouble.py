"""What may be out of order with a device, and a device with some of it."""

from enum import StrEnum

from msgspec import Struct

from visit_record.vocabulary import Modality, NotObservedReason


class Fault(StrEnum):
    """What is out of order."""

    SILENT = "silent"
    NEVER_HEARD = "never_heard"
    CHAIN_GAP = "chain_gap"
    CHAIN_FORK = "chain_fork"
    SENSE_MISSING = "sense_missing"
    CLOCK_UNSYNCHRONISED = "clock_unsynchronised"
    UNHEARD = "unheard"
    SENSOR_FAILED = "sensor_failed"
    DISK_FULL = "disk_full"
    RECORDS_WAIT = "records_wait"
    TOO_HOT = "too_hot"
    UNDER_VOLTAGE = "under_voltage"
    OUTBOX_SET_ASIDE = "outbox_set_aside"


class Trouble(Struct, frozen=True):
    """Something out of order.

    ``since_ms`` is when it began, as far as is known; ``count`` the records at a break of the chain; ``sense`` and
    ``reason`` belong to a missing sense; ``usual_ms`` is the longest recent pause of a device that is silent. ``told``
    is whether the device itself says so, unsigned, and ``part`` the sensor that it says it of.
    """

    fault: Fault
    since_ms: int
    count: int | None = None
    sense: Modality | None = None
    reason: NotObservedReason | None = None
    usual_ms: int | None = None
    told: bool = False
    part: str | None = None


class TroubledDevice(Struct, frozen=True):
    """A device with something out of order; ``heard_at_ms`` is when it was last heard, ``None`` where it never was."""

    device: str
    agency: str
    heard_at_ms: int | None
    troubles: tuple[Trouble, ...]

    @property
    def latest_ms(self) -> int:
        """When its latest trouble began."""
        return max(trouble.since_ms for trouble in self.troubles)

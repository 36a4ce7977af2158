"""What is wrong with a device by its own word: looks at one health message, and how long each must last. Pure."""

from collections.abc import Callable, Iterator, Mapping
from enum import StrEnum
from typing import Final

from ingest_server.fleet.trouble import Fault
from ingest_server.local_days import DAY_MS, HOUR_MS
from visit_record.fitted import Fault as PartFault
from visit_record.fitted import SensorState
from visit_record.health import Health

# A record that waits while its device is heard is one that nobody takes.
WAITS_LONG_MS: Final = DAY_MS
DISK_LEAST_MB: Final = 1_000
DISK_LEAST_SHARE: Final = 0.1
TOO_HOT_C: Final = 80.0
# Bits of `vcgencmd get_throttled` that are of now; the same 16 places up are of any time since the start.
UNDER_VOLTAGE: Final = 0b0001
SLOWED: Final = 0b0110
WARM: Final = 0b1000
SINCE_START: Final = 16
# What comes and goes is out of order once it has been told for an hour: a device that has just started has no time yet,
# and one that was long without a network needs a while to send.
LASTING_MS: Final[Mapping[Fault, int]] = dict.fromkeys(
    (Fault.RECORDS_WAIT, Fault.CLOCK_UNSYNCHRONISED, Fault.TOO_HOT, Fault.UNDER_VOLTAGE), HOUR_MS
)


class Throttling(StrEnum):
    """What the firmware tells of the power and of its own slowing down, now or at any time since the start."""

    UNDER_VOLTAGE = "under_voltage"
    SLOWED = "slowed"
    WAS_UNDER_VOLTAGE = "was_under_voltage"
    WAS_SLOWED = "was_slowed"


def wrong(health: Health) -> Iterator[Fault]:
    """What of the machine and its outbox is wrong."""
    return (fault for fault, is_so in _WRONG.items() if is_so(health))


def throttling(bits: int | None) -> tuple[Throttling, ...] | None:
    """The bits of ``vcgencmd get_throttled`` in words."""
    if bits is None:
        return None
    found = {
        Throttling.UNDER_VOLTAGE: bits & UNDER_VOLTAGE,
        Throttling.SLOWED: bits & (SLOWED | WARM),
        Throttling.WAS_UNDER_VOLTAGE: bits >> SINCE_START & UNDER_VOLTAGE,
        Throttling.WAS_SLOWED: bits >> SINCE_START & (SLOWED | WARM),
    }
    return tuple(one for one, is_so in found.items() if is_so)


def failed(state: str, fault: str | None) -> bool:
    """Whether a sensor was given up as broken."""
    # What somebody switched off, or took their consent back for, is not broken.
    return state == SensorState.FAILED and fault != PartFault.SWITCHED_OFF


def works(state: str, fault: str | None) -> bool:
    """Whether a sensor does what it is to do: one that somebody switched off does nothing, and is as it should be."""
    return state in {SensorState.HEALTHY, SensorState.OPENING} or fault == PartFault.SWITCHED_OFF


def _disk_is_full(health: Health) -> bool:
    machine = health.machine
    return machine.disk_free_mb < min(DISK_LEAST_MB, DISK_LEAST_SHARE * machine.disk_total_mb)


def _records_wait(health: Health) -> bool:
    # Both by the device's clock: a wrong one is wrong in both.
    oldest_ms = health.queue.oldest_visit_ms
    return oldest_ms is not None and health.at_ms - oldest_ms > WAITS_LONG_MS


def _too_hot(health: Health) -> bool:
    bits = health.machine.throttled or 0
    # Too little voltage slows it down too, and says nothing of heat.
    slowed_by_heat = bits & WARM or (bits & SLOWED and not bits & UNDER_VOLTAGE)
    return (health.machine.temperature_c or 0) >= TOO_HOT_C or bool(slowed_by_heat)


_WRONG: Final[Mapping[Fault, Callable[[Health], bool]]] = {
    Fault.DISK_FULL: _disk_is_full,
    Fault.RECORDS_WAIT: _records_wait,
    Fault.CLOCK_UNSYNCHRONISED: lambda health: not health.machine.clock_synchronised,
    Fault.TOO_HOT: _too_hot,
    Fault.UNDER_VOLTAGE: lambda health: bool((health.machine.throttled or 0) & UNDER_VOLTAGE),
    Fault.OUTBOX_SET_ASIDE: lambda health: health.queue.set_aside > 0,
}

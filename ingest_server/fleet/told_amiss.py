"""What is wrong with a device by its own word: the limits, the looks at one message, how long each must last. Pure."""

from collections.abc import Callable, Iterator, Mapping
from typing import Final

from ingest_server.fleet.throttling import slowed_by_heat, under_voltage
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
# What comes and goes is out of order once it has been told for an hour: a device that has just started has no time yet,
# and one that was long without a network needs a while to send.
LASTING_MS: Final[Mapping[Fault, int]] = dict.fromkeys(
    (Fault.RECORDS_WAIT, Fault.CLOCK_UNSYNCHRONISED, Fault.TOO_HOT, Fault.UNDER_VOLTAGE), HOUR_MS
)


def wrong(health: Health) -> Iterator[Fault]:
    """What of the machine and its outbox is wrong."""
    return (fault for fault, is_so in _WRONG.items() if is_so(health))


def hot(temperature_c: float | None) -> bool:
    """Whether that is as warm as the firmware's soft limit; not where it is not known."""
    return (temperature_c or 0) >= TOO_HOT_C


def full(free_mb: float, total_mb: float) -> bool:
    """Whether so little of a disk is free."""
    return free_mb < min(DISK_LEAST_MB, DISK_LEAST_SHARE * total_mb)


def strained(throttled: int | None) -> bool:
    """Whether any of the firmware's bits of a moment counts, by heat or by too little voltage."""
    return under_voltage(throttled) or slowed_by_heat(throttled)


def failed(state: str, fault: str | None) -> bool:
    """Whether a sensor was given up as broken."""
    # What somebody switched off, or took their consent back for, is not broken.
    return state == SensorState.FAILED and fault != PartFault.SWITCHED_OFF


def works(state: str, fault: str | None) -> bool:
    """Whether a sensor does what it is to do: one that somebody switched off does nothing, and is as it should be."""
    return state in {SensorState.HEALTHY, SensorState.OPENING} or fault == PartFault.SWITCHED_OFF


def _records_wait(health: Health) -> bool:
    # Both by the device's clock: a wrong one is wrong in both.
    oldest_ms = health.queue.oldest_visit_ms
    return oldest_ms is not None and health.at_ms - oldest_ms > WAITS_LONG_MS


def _too_hot(health: Health) -> bool:
    return hot(health.machine.temperature_c) or slowed_by_heat(health.machine.throttled)


_WRONG: Final[Mapping[Fault, Callable[[Health], bool]]] = {
    Fault.DISK_FULL: lambda health: full(health.machine.disk_free_mb, health.machine.disk_total_mb),
    Fault.RECORDS_WAIT: _records_wait,
    Fault.CLOCK_UNSYNCHRONISED: lambda health: not health.machine.clock_synchronised,
    Fault.TOO_HOT: _too_hot,
    Fault.UNDER_VOLTAGE: lambda health: under_voltage(health.machine.throttled),
    Fault.OUTBOX_SET_ASIDE: lambda health: health.queue.set_aside > 0,
}

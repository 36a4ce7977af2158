"""How a device fares, told every minute on its topic ``health``: unsigned, for people who keep devices going."""

from typing import Annotated, Final, Literal

import msgspec
from msgspec import Meta, Struct

from visit_record.errors import MalformedError, OversizedError
from visit_record.first_use import known
from visit_record.jws import strict_json
from visit_record.record import Count, UnixMs

HEALTH_SCHEMA: Final = "carewitness.health/1"
MAX_HEALTH_BYTES = 16 * 1024
# Of a device that tells less often nobody could say that it has fallen silent, or that something has lasted an hour.
LONGEST_PAUSE_S: Final = 600

# Bounded, far beyond what is: of 1e308 a page cannot write the digits, and an hour would keep it for 90 days.
Amount = Annotated[float, Meta(ge=0, le=1e12)]
Celsius = Annotated[float, Meta(ge=-1_000, le=1_000)]
# Unsigned words that a server keeps and shows: no control character, which not every database takes, and none that
# turns the direction of what stands beside it on a page.
Word = Annotated[str, Meta(min_length=1, max_length=64, pattern=r"^[^\x00-\x1f\x7f-\x9f\u2028-\u202e\u2066-\u2069]+\Z")]


class Part(Struct, frozen=True, forbid_unknown_fields=True):
    """Base of all parts: an unknown field is an error, not a message without effect."""


class SensorHealth(Part, frozen=True):
    """One sensor: its state as the device names it, and why."""

    sensor: Word
    state: Word
    fault: Word | None = None


class Latency(Part, frozen=True):
    """How long the models of a sense took for one reading, in milliseconds, of the last ``count`` readings."""

    sense: Word
    count: Count
    median_ms: Amount
    p95_ms: Amount


class QueueHealth(Part, frozen=True):
    """The outbox: records that wait, when the visit of the oldest began, visits under way, damaged files set aside."""

    waiting: Count
    oldest_visit_ms: UnixMs | None
    under_way: Count
    set_aside: Count
    reserve_held: bool


class MachineHealth(Part, frozen=True):
    """The machine; ``None`` is what it cannot tell. ``throttled`` has the bits of ``vcgencmd get_throttled``."""

    temperature_c: Celsius | None
    throttled: Count | None
    disk_free_mb: Amount
    disk_total_mb: Amount
    clock_synchronised: bool
    up_s: Amount | None


class Health(Part, frozen=True):
    """All of it, at one moment of the device's wall clock.

    ``sensors`` are those that are watched over, or were in the last visit; ``fitted`` all that the device has, ``None``
    where it cannot say.
    """

    schema: Literal["carewitness.health/1"]
    at_ms: UnixMs
    swversion: Word
    machine: MachineHealth
    queue: QueueHealth
    sensors: Annotated[tuple[SensorHealth, ...], Meta(max_length=16)] = ()
    latencies: Annotated[tuple[Latency, ...], Meta(max_length=16)] = ()
    fitted: Annotated[tuple[Word, ...], Meta(max_length=16)] | None = None


def write_health(health: Health) -> bytes:
    """The message.

    Raises:
        OversizedError: it is larger than a receiver takes.
    """
    return _bounded(msgspec.json.encode(health))


def read_health(message: bytes) -> Health:
    """Read a message.

    Raises:
        OversizedError: it is larger than any device writes.
        MalformedError: it is none, or its subclass says why.
    """
    try:
        return msgspec.convert(strict_json(_bounded(message)), known(Health))
    except msgspec.ValidationError as cause:
        raise MalformedError(f"not a health message: {cause}") from cause


def _bounded(message: bytes) -> bytes:
    if len(message) > MAX_HEALTH_BYTES:
        raise OversizedError(f"the health message has {len(message)} bytes; {MAX_HEALTH_BYTES} are allowed")
    return message

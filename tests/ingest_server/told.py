"""Health messages of a device that is well, and what makes one ill."""

from typing import Any

from msgspec.structs import replace

from ingest_server.fleet.told import Link
from ingest_server.local_days import HOUR_MS
from ingest_server.store.told import Saying
from tests.ingest_server.conftest import NOW_MS
from visit_record.health import HEALTH_SCHEMA, Health, Latency, MachineHealth, QueueHealth, SensorHealth

MINUTE_MS = 60_000
WELL = Health(
    schema=HEALTH_SCHEMA,
    at_ms=NOW_MS,
    swversion="0.1.0",
    machine=MachineHealth(48.3, 0, 11_000.0, 14_800.0, True, 86_400.0),
    queue=QueueHealth(0, None, 0, 0, True),
    sensors=(SensorHealth("camera", "healthy"), SensorHealth("microphone", "healthy")),
    latencies=(Latency("face", 256, 41.0, 63.5),),
)


def with_machine(**fields: Any) -> Health:  # noqa: ANN401 - any field of the machine
    return replace(WELL, machine=replace(WELL.machine, **fields))


def with_queue(**fields: Any) -> Health:  # noqa: ANN401 - any field of the queue
    return replace(WELL, queue=replace(WELL.queue, **fields))


def with_camera(state: str, fault: str | None = None) -> Health:
    return replace(WELL, sensors=(SensorHealth("camera", state, fault), WELL.sensors[1]))


def saying(word: Health | Link, at_ms: int = NOW_MS, device: str = "device-1", agency: str = "agency-a") -> Saying:
    return Saying(agency, device, at_ms, word)


def of_hours(count: int, until_ms: int = NOW_MS, device: str = "device-1", agency: str = "agency-a") -> list[Saying]:
    """A well device's words, four in each of the last so many hours."""
    begins_ms = until_ms - count * HOUR_MS
    times = (begins_ms + minutes * 15 * MINUTE_MS for minutes in range(4 * count + 1))
    return [saying(replace(WELL, at_ms=at_ms), at_ms, device, agency) for at_ms in times]

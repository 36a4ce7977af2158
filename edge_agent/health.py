"""A device's health, gathered when it is asked for."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from edge_agent.latencies import Latencies
from edge_agent.machine import machine_health
from edge_agent.outbox import Outbox
from edge_agent.outbox_repair import files_set_aside
from edge_agent.supervision.watch import SensorStatus
from visit_record.fitted import Part
from visit_record.health import HEALTH_SCHEMA, Health, MachineHealth, QueueHealth, SensorHealth


def no_sensors() -> Sequence[SensorHealth]:
    """Nobody watches over any."""
    return ()


def sensor_health(statuses: Iterable[SensorStatus]) -> list[SensorHealth]:
    """What those who watch over a fitted device's parts say, in a health message's words."""
    return [SensorHealth(one.part.value, one.state.value, one.fault and one.fault.value) for one in statuses]


@dataclass(frozen=True)
class HealthCheck:
    """Asks the machine, the outbox, the sensors and the senses. Any thread may.

    ``machine`` is asked of the folder whose disk counts; ``fitted`` are the parts that the settings name.
    """

    outbox: Outbox
    database: Path
    software: str
    now_ms: Callable[[], int]
    latencies: Latencies = field(default_factory=Latencies)
    sensors: Callable[[], Sequence[SensorHealth]] = no_sensors
    machine: Callable[[Path], MachineHealth] = machine_health
    fitted: tuple[Part, ...] | None = None

    def __call__(self) -> Health:
        """The device's health now.

        Raises:
            OutboxError: the outbox cannot be read.
        """
        return Health(
            schema=HEALTH_SCHEMA,
            at_ms=self.now_ms(),
            swversion=self.software,
            machine=self.machine(self.database.parent),
            queue=self._queue(),
            sensors=tuple(self.sensors()),
            latencies=self.latencies.told(),
            fitted=self.fitted,
        )

    def _queue(self) -> QueueHealth:
        return QueueHealth(
            waiting=self.outbox.count(),
            oldest_visit_ms=self.outbox.journals.oldest_waiting_ms(),
            under_way=self.outbox.visits.count(),
            set_aside=len(files_set_aside(self.database)),
            reserve_held=self.outbox.reserve.held,
        )

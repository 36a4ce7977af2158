"""What happens in a visit, in one order: people's events and all sensors' readings, merged by the monotonic clock."""

import heapq
from collections.abc import Generator, Iterable, Iterator, Sequence

from edge_agent.actions import VisitEvent
from edge_agent.errors import SensorError, SensorOffError
from edge_agent.ports import Sensor
from edge_agent.readings import Reading
from visit_record.fitted import Fault, Part, SensorState
from visit_record.vocabulary import Modality, NotObservedReason


class SensorLost(VisitEvent, frozen=True):
    """A sensor could not be opened, has failed or was switched off; the visit goes on without it."""

    modality: Modality
    detail: str
    reason: NotObservedReason = NotObservedReason.SENSOR_FAULT


class SensorBack(VisitEvent, frozen=True):
    """A sensor speaks again that nobody had given up; it had been silent since ``silent_since_ms``."""

    modality: Modality
    silent_since_ms: int


class Befalling(VisitEvent, frozen=True):
    """Something that befalls the device itself while it witnesses."""


class SensorTurned(Befalling, frozen=True):
    """A part of a fitted device came into another state; ``spoke_ms`` is when it last gave what may be believed."""

    part: Part
    state: SensorState
    fault: Fault | None
    spoke_ms: int | None


class ReadingsDropped(Befalling, frozen=True):
    """Readings came faster than they could be looked at: the oldest were dropped."""

    part: Part
    count: int


class DeviceMoved(Befalling, frozen=True):
    """The device was moved, or its case opened."""


class ClockStepped(Befalling, frozen=True):
    """The wall clock was set: by so much it is now ahead of where it would stand; behind is negative."""

    step_ms: int


class TimePassed(VisitEvent, frozen=True):
    """Nothing happened, and it is later now."""


Happening = VisitEvent | Reading


def merged(
    events: Iterable[VisitEvent], sensors: Sequence[Sensor[Reading]], starts_at_ms: int
) -> Generator[Happening, None, None]:
    """Everything in order of ``at_ms``; of the same moment, what people do comes first.

    What a sensor saw before ``starts_at_ms`` is dropped unseen: nobody had consented yet.
    """
    streams: list[Iterator[Happening]] = [iter(events)]
    streams += [_guarded(sensor, starts_at_ms) for sensor in sensors]
    yield from heapq.merge(*streams, key=lambda happening: happening.at_ms)


def _guarded(sensor: Sensor[Reading], starts_at_ms: int) -> Iterator[Happening]:
    """A sensor's readings, and its failure as something that happens rather than an end of everything."""
    last_ms = starts_at_ms
    try:
        for reading in sensor.readings():
            if reading.at_ms >= starts_at_ms:
                last_ms = reading.at_ms
                yield reading
    except SensorError as error:
        yield SensorLost(last_ms, sensor.modality, error.told, _reason(sensor.modality, error))


def _reason(sensor: Modality, error: SensorError) -> NotObservedReason:
    """Only of a location does the record say that it was off."""
    off = isinstance(error, SensorOffError) and sensor is Modality.POSITION
    return NotObservedReason.LOCATION_OFF if off else NotObservedReason.SENSOR_FAULT

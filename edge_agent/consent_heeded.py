"""Consent at work in a visit: what is not used from its beginning, and what is closed when it is taken back."""

from collections.abc import Callable, Iterable, Iterator, Sequence

from edge_agent.actions import ConsentWithdrawn, VisitEvent
from edge_agent.conclusions import Silence
from edge_agent.consent import Permissions, sensor_of
from edge_agent.ports import Sensor
from edge_agent.readings import Reading
from visit_record.vocabulary import Modality, NotObservedReason


def silence_of(permissions: Permissions, sensors: Sequence[Sensor[Reading]]) -> Silence:
    """Why each sense that was not used was not: consent comes before the want of a sensor."""
    there = {sensor.modality for sensor in sensors}
    why_not = {sense: permissions.why_not(sense) for sense in Modality}
    absent = {sense: NotObservedReason.SENSOR_ABSENT for sense in Modality if sensor_of(sense) not in there}
    return absent | {sense: reason for sense, reason in why_not.items() if reason is not None}


def heeded(
    events: Iterable[VisitEvent], permissions: Permissions, close_sensor: Callable[[Modality], None]
) -> Iterator[VisitEvent]:
    """People's events. Where somebody takes a consent back, its sensor is closed before anybody else is told."""
    for event in events:
        if isinstance(event, ConsentWithdrawn):
            permissions = permissions.without(event.modality)
            sensor = sensor_of(event.modality)
            if not permissions.may_open(sensor):
                close_sensor(sensor)
        yield event

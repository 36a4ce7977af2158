"""From receiver readings to observations."""

from statistics import pstdev

from edge_agent.observations import PositionObservation
from edge_agent.perception.geodesy import Point, distance_m
from edge_agent.readings import PositionReading
from visit_record.vocabulary import FixType


def observe_position(reading: PositionReading, utc_ms: int | None) -> PositionObservation:
    """What a reading says; ``utc_ms`` is the device's wall clock at that moment, ``None`` where it is not known."""
    offset_s = None
    if reading.gps_utc_ms is not None and utc_ms is not None:
        offset_s = (reading.gps_utc_ms - utc_ms) / 1000
    return PositionObservation(
        at_ms=reading.at_ms,
        fix_type=reading.fix_type,
        latitude_deg=reading.latitude_deg,
        longitude_deg=reading.longitude_deg,
        accuracy_m=reading.accuracy_m,
        satellites=reading.satellites,
        hdop=reading.hdop,
        gps_minus_system_s=offset_s,
        satellites_heard=None if reading.snr_db is None else len(reading.snr_db),
        snr_spread_db=pstdev(reading.snr_db) if reading.snr_db else None,
    )


def point_of(observation: PositionObservation) -> Point | None:
    """The place of a fix; ``None`` without one."""
    if observation.fix_type is FixType.NONE or observation.latitude_deg is None or observation.longitude_deg is None:
        return None
    return Point(observation.latitude_deg, observation.longitude_deg)


def step_m(before: PositionObservation, after: PositionObservation) -> float:
    """Distance between two fixes; 0.0 where either has no place."""
    start, end = point_of(before), point_of(after)
    return distance_m(start, end) if start and end else 0.0

"""gpsd's reports of a log that is played faster than it was recorded, at the receiver's own times."""

from collections.abc import Iterable, Iterator
from dataclasses import replace

from edge_agent.readings import PositionReading
from edge_agent.sensors.gpsd_reports import GpsdReports
from edge_agent.sensors.nmea import CUSTOMARY_STEP_MS, DAY_MS


def retimed(lines: Iterable[bytes], device: str) -> Iterator[PositionReading]:
    """Readings of ``device`` until gpsd lets go of it, ``at_ms`` from 0; one a moment, the last word on it."""
    reports, at_ms = GpsdReports(device=device), 0
    held: PositionReading | None = None
    for line in lines:
        reading = reports.hear(line, at_ms)
        if reading is not None:
            step_ms = _step_ms(held, reading) if held else 0
            if held is not None and step_ms:
                yield held
            at_ms += step_ms
            held = replace(reading, at_ms=at_ms)
        if reports.gone:
            break
    if held is not None:
        yield held


def _step_ms(before: PositionReading, now: PositionReading) -> int:
    if before.gps_utc_ms is None or now.gps_utc_ms is None:
        return CUSTOMARY_STEP_MS
    step_ms = now.gps_utc_ms - before.gps_utc_ms
    # gpsd guesses the date until the receiver tells it: a longer step is that guess being mended.
    return step_ms if 0 <= step_ms <= DAY_MS // 2 else CUSTOMARY_STEP_MS

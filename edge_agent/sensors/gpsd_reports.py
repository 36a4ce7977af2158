"""gpsd's JSON reports to positions: a fold, one reading a TPV report.

gpsd_json(5), protocol 3. Releases differ: before 3.21 a SKY has neither ``nSat`` nor ``uSat``, later ones send SKY
reports of dilutions alone, and ``eph`` is told by some receivers where others have ``epx`` and ``epy``. What a report
does not hold is not observed; what an earlier SKY said counts for :data:`SKY_VALID_MS`, since receivers tell of their
satellites less often than of their place.

gpsd also counts 0 used where the receiver never lists which (NMEA 0183 without GSA), and a SKY from before a fix
outlasts its beginning. Beside a fix, 0 is a count only where the SKY has the PDOP of a fix, which comes with the list.
"""

import math
from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple

import msgspec
from msgspec import Struct

from edge_agent.perception.geodesy import LONGEST_M
from edge_agent.readings import PositionReading
from edge_agent.sensors.nmea_epoch import MOST_SATELLITES, RANGE_ERROR_M
from visit_record.vocabulary import FixType

SKY_VALID_MS = 10_000
_FIX_TYPES = {2: FixType.FIX_2D, 3: FixType.FIX_3D}
# TPV ``status`` of a place that no satellite was asked about, as quality 8 of NMEA's GGA.
_SIMULATED = 8
# Receivers without a fix write a PDOP of 50 or 99.99.
_PDOP_OF_NO_FIX = 50.0


class _Tpv(Struct, tag_field="class", tag="TPV"):
    device: str = ""
    mode: int = 0
    status: int = 0
    time: str | None = None
    lat: float | None = None
    lon: float | None = None
    eph: float | None = None
    epx: float | None = None
    epy: float | None = None


class _Satellite(Struct):
    ss: float | None = None
    used: bool | None = None


class _Sky(Struct, tag_field="class", tag="SKY", rename="camel"):
    device: str = ""
    hdop: float | None = None
    pdop: float | None = None
    n_sat: int | None = None
    u_sat: int | None = None
    satellites: tuple[_Satellite, ...] | None = None


class _Device(Struct, tag_field="class", tag="DEVICE"):
    """``activated`` is 0 once the device is gone, else the time."""

    path: str = ""
    activated: str | float | None = None


class _Any(Struct, rename={"kind": "class"}):
    kind: str


_Report = _Tpv | _Sky | _Device
_KINDS = ("TPV", "SKY", "DEVICE")


class _Signals(NamedTuple):
    at_ms: int
    used: int | None
    snr_db: tuple[float, ...] | None
    lists_used: bool


class _Hdop(NamedTuple):
    at_ms: int
    hdop: float


@dataclass(slots=True)
class GpsdReports:
    """Follows one receiver: the first that reports, until gpsd lets go of it; a second one beside it is left out.

    ``garbage`` counts lines that are no report as gpsd writes them. Nothing in a line is an error.
    """

    garbage: int = 0
    device: str | None = None
    """Path of the receiver that is followed."""

    gone: bool = False
    """Whether gpsd let go of it."""

    _signals: _Signals | None = None
    _hdop: _Hdop | None = None

    def hear(self, line: bytes, at_ms: int) -> PositionReading | None:
        """Take one line, read at ``at_ms`` of the monotonic clock; a reading where it is a TPV of the receiver."""
        report = self._parsed(line)
        match report:
            case _Device():
                self._turn(report)
            case _Tpv() if self._follows(report.device):
                return self._reading(report, at_ms)
            case _Sky() if self._follows(report.device):
                self._look_up(report, at_ms)
        return None

    def _parsed(self, line: bytes) -> _Report | None:
        try:
            kind = msgspec.json.decode(line, type=_Any).kind
            return msgspec.json.decode(line, type=_Report) if kind in _KINDS else None
        # A line of brackets alone is deeper than msgspec follows.
        except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError):
            self.garbage += bool(line.strip())
            return None

    def _follows(self, device: str) -> bool:
        if self.device is None:
            self.device = device
        return device == self.device

    def _turn(self, report: _Device) -> None:
        if self.device == report.path and not report.activated:
            self.device, self.gone, self._signals, self._hdop = None, True, None, None

    def _look_up(self, sky: _Sky, at_ms: int) -> None:
        used, snr_db = _used(sky), _snr_db(sky)
        if used is not None or snr_db is not None:
            self._signals = _Signals(at_ms, used, snr_db, 0 < (sky.pdop or 0) < _PDOP_OF_NO_FIX)
        if sky.hdop is not None and sky.hdop > 0:
            self._hdop = _Hdop(at_ms, sky.hdop)

    def _reading(self, tpv: _Tpv, at_ms: int) -> PositionReading:
        signals = self._signals if self._signals and at_ms - self._signals.at_ms <= SKY_VALID_MS else None
        hdop = self._hdop.hdop if self._hdop and at_ms - self._hdop.at_ms <= SKY_VALID_MS else None
        used, snr_db = (signals.used, signals.snr_db) if signals else (None, None)
        if not _has_fix(tpv):
            return PositionReading(at_ms, FixType.NONE, satellites=used, hdop=hdop, snr_db=snr_db)
        return PositionReading(
            at_ms,
            _FIX_TYPES[tpv.mode],
            tpv.lat,
            tpv.lon,
            _accuracy_m(tpv, hdop),
            used if used or (signals and signals.lists_used) else None,
            hdop,
            _utc_ms(tpv.time),
            snr_db,
        )


def _has_fix(tpv: _Tpv) -> bool:
    if tpv.mode not in _FIX_TYPES or tpv.status == _SIMULATED or tpv.lat is None or tpv.lon is None:
        return False
    return abs(tpv.lat) <= 90 and abs(tpv.lon) <= 180


def _accuracy_m(tpv: _Tpv, hdop: float | None) -> float | None:
    if tpv.eph is not None and tpv.eph > 0:
        return min(tpv.eph, LONGEST_M)
    if tpv.epx is not None and tpv.epy is not None:
        return min(math.hypot(tpv.epx, tpv.epy), LONGEST_M)
    return None if hdop is None else min(hdop * RANGE_ERROR_M, LONGEST_M)


def _used(sky: _Sky) -> int | None:
    """Satellites used. An empty sky is what gpsd says before the receiver told of any, so it is no count of 0."""
    if sky.satellites is None and sky.u_sat is None:
        return None
    if not sky.satellites and not sky.n_sat:
        return None
    told = [satellite.used for satellite in sky.satellites or () if satellite.used is not None]
    count = sky.u_sat if sky.u_sat is not None else sum(told) if told else None
    return count if count is not None and 0 <= count <= MOST_SATELLITES else None


def _snr_db(sky: _Sky) -> tuple[float, ...] | None:
    if not sky.satellites:
        return None
    told = [satellite.ss for satellite in sky.satellites if satellite.ss is not None]
    return tuple(strength for strength in told if strength > 0) if told else None


def _utc_ms(said: str | None) -> int | None:
    try:
        return None if said is None else round(datetime.fromisoformat(said).timestamp() * 1000)
    except (ValueError, OverflowError, OSError):
        return None

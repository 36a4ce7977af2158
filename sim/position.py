"""A position receiver in a staged home, behind the device's own port.

receiver = SimulatedReceiver(script)             # a VisitScript
for reading in receiver.readings():              # written as NMEA 0183, and read back by the device's own fold
    observe_position(reading, visit.utc_ms(reading.at_ms))
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from math import cos, radians

import numpy as np
import pynmea2
from numpy.typing import NDArray

from edge_agent.readings import PositionReading
from edge_agent.sensors.nmea import Tally, positions
from sim.outages import Troubles, without_fix
from sim.script import Spoofer, VisitScript
from visit_record.vocabulary import Modality

METRES_A_DEGREE = 111_320.0
# Errors of a receiver at rest drift over minutes: each epoch keeps this share of the one before.
JITTER_KEPT = 0.9
SNR_FLICKER_DB = 1.0
SATELLITES_A_SENTENCE = 4
MOST_SATELLITES = 12
# What a signal generator's channels and the receiver's own noise leave between signals of one power.
GENERATOR_POWER_DB = 44.0
GENERATOR_FLICKER_DB = 0.4
# From one end of a big city to the other.
LEAP_M = 40_000.0


@dataclass(frozen=True)
class SimulatedReceiver:
    """Implements ``Sensor[PositionReading]`` from ``script.sky``; the same sentences for the same script.

    ``sky.jitter_m`` is the standard deviation along each axis. A sky without jitter is a made-up one: its signal
    strengths stand still as well. With no satellites, or in an outage for want of them, the receiver goes on speaking,
    but has no fix. ``spoofer``, the
    strengths stand still as well. With no satellites the receiver goes on speaking, but has no fix. ``spoofer``, the
    sky's where there is none, pretends to be where ``sky`` says; the powers of a generator's channels have
    ``generator_spread_db`` of standard deviation.
    """

    script: VisitScript
    period_s: float = 5.0
    starts_at_ms: int = 0
    spoofer: Spoofer | None = None
    generator_spread_db: float = 0.0

    @property
    def modality(self) -> Modality:
        """Position."""
        return Modality.POSITION

    def readings(self) -> Iterator[PositionReading]:
        """One reading each ``period_s``, from check-in to check-out.

        Raises:
            SensorError: the script lets the receiver fail.
        """
        readings = positions(self.sentences(), Tally(), self.starts_at_ms)
        return Troubles.of(self.script, Modality.POSITION).interrupt(readings, self.starts_at_ms)

    def sentences(self) -> Iterator[str]:
        """RMC, GGA, GSA and GSV of every epoch, with their checksums."""
        sky, rng = self.script.sky, np.random.default_rng([self.script.seed, 0x6E6D6561])
        satellites = _Satellites.seeded(rng, min(sky.satellites, MOST_SATELLITES))
        if self._spoofer is Spoofer.GENERATOR:
            satellites = satellites.generated(self.generator_spread_db, rng)
        away_m = rng.normal(0.0, sky.jitter_m, 2)
        for at_s in np.arange(0.0, self.script.duration_s + 1e-6, self.period_s):
            seen = satellites.hidden() if without_fix(self.script, float(at_s)) else satellites
            yield from self._told(_epoch(self.script, seen, away_m + self._leap_m(at_s), float(at_s), rng))
            fresh_m = rng.normal(0.0, sky.jitter_m, 2)
            away_m = JITTER_KEPT * away_m + np.sqrt(1 - JITTER_KEPT**2) * fresh_m

    @property
    def _spoofer(self) -> Spoofer | None:
        return self.spoofer or self.script.sky.spoofer

    def _leap_m(self, at_s: float) -> float:
        return LEAP_M if self._spoofer is Spoofer.LEAP and at_s < self.script.duration_s / 2 else 0.0

    def _told(self, epoch: Iterator[str]) -> Iterator[str]:
        match self._spoofer:
            case Spoofer.UNTOLD:
                yield from (_without_satellites(sentence, "") for sentence in epoch if sentence[3:6] in ("RMC", "GGA"))
            case Spoofer.NONE_HEARD:
                yield from (
                    _without_satellites(sentence, "00") for sentence in epoch if sentence[3:6] in ("RMC", "GGA")
                )
                yield _sentence("GSV", "1", "1", "00")
            case _:
                yield from epoch


@dataclass(frozen=True)
class _Satellites:
    """Satellites that are used: number, elevation and azimuth in degrees, carrier-to-noise and its flicker in dB."""

    prn: NDArray[np.int64]
    elevation_deg: NDArray[np.int64]
    azimuth_deg: NDArray[np.int64]
    snr_db: NDArray[np.float64]
    flicker_db: float = SNR_FLICKER_DB

    def generated(self, spread_db: float, rng: np.random.Generator) -> "_Satellites":
        """The same satellites from a generator."""
        powers_db = rng.normal(GENERATOR_POWER_DB, spread_db, len(self.prn))
        return replace(self, snr_db=powers_db, flicker_db=GENERATOR_FLICKER_DB)

    def hidden(self) -> "_Satellites":
        """None of them, as behind a closed shutter."""
        return _Satellites(self.prn[:0], self.elevation_deg[:0], self.azimuth_deg[:0], self.snr_db[:0], self.flicker_db)

    @classmethod
    def seeded(cls, rng: np.random.Generator, count: int) -> "_Satellites":
        prn = np.sort(rng.choice(np.arange(1, 33), count, replace=False))
        return cls(prn, rng.integers(10, 85, count), rng.integers(0, 360, count), rng.uniform(24.0, 46.0, count))


def _epoch(
    script: VisitScript, satellites: _Satellites, away_m: NDArray[np.float64], at_s: float, rng: np.random.Generator
) -> Iterator[str]:
    sky = script.sky
    utc = datetime.fromtimestamp(script.started_at_ms / 1000, UTC) + timedelta(seconds=at_s + sky.gps_offset_s)
    time, day = utc.strftime("%H%M%S.") + f"{utc.microsecond // 1000:03d}", utc.strftime("%d%m%y")
    used = len(satellites.prn)
    place = _place(script, away_m) if used else ("", "", "", "")
    status, mode, hdop = ("A", "A", f"{sky.hdop:.2f}") if used else ("V", "N", "")
    height = ("12.0", "M", "8.0", "M") if used > 3 else ("", "", "", "")
    yield _sentence("RMC", time, status, *place, "0.0", "", day, "", "", mode)
    yield _sentence("GGA", time, *place, str(min(used, 1)), f"{used:02d}", hdop, *height, "", "")
    yield _sentence("GSA", "A", "1" if not used else "3" if used > 3 else "2", *_prns(satellites), "", hdop, "")
    yield from _in_view(satellites, satellites.flicker_db if sky.jitter_m > 0 else 0.0, rng)


def _place(script: VisitScript, away_m: NDArray[np.float64]) -> tuple[str, str, str, str]:
    latitude_deg = script.sky.latitude_deg + away_m[0] / METRES_A_DEGREE
    longitude_deg = script.sky.longitude_deg + away_m[1] / (METRES_A_DEGREE * cos(radians(script.sky.latitude_deg)))
    return (
        _degrees_minutes(latitude_deg, 2),
        "N" if latitude_deg >= 0 else "S",
        _degrees_minutes(longitude_deg, 3),
        "E" if longitude_deg >= 0 else "W",
    )


def _degrees_minutes(angle_deg: float, digits: int) -> str:
    # Rounded first, so that 59.999999 minutes never become 60.
    degrees, minutes_e5 = divmod(round(abs(angle_deg) * 60 * 100_000), 60 * 100_000)
    return f"{degrees:0{digits}d}{minutes_e5 / 100_000:08.5f}"


def _prns(satellites: _Satellites) -> Sequence[str]:
    used = [f"{prn:02d}" for prn in satellites.prn]
    return used + [""] * (MOST_SATELLITES - len(used))


def _in_view(satellites: _Satellites, flicker_db: float, rng: np.random.Generator) -> Iterator[str]:
    count = len(satellites.prn)
    snr_db = np.rint(satellites.snr_db + rng.normal(0.0, flicker_db, count)).astype(int)
    starts = range(0, count, SATELLITES_A_SENTENCE)
    for number, start in enumerate(starts, 1):
        columns = (satellites.prn, satellites.elevation_deg, satellites.azimuth_deg, snr_db)
        rows = zip(*(column[start : start + SATELLITES_A_SENTENCE] for column in columns), strict=True)
        fields = [f"{value:02d}" for row in rows for value in row]
        yield _sentence("GSV", str(len(starts)), str(number), f"{count:02d}", *fields)


def _without_satellites(sentence: str, count: str) -> str:
    """A GGA whose satellites are ``count`` and whose dilution is untold; any other sentence as it was."""
    told = pynmea2.parse(sentence)
    if told.sentence_type != "GGA":
        return sentence
    return _sentence("GGA", *told.data[:6], count, "", *told.data[8:])


def _sentence(kind: str, *fields: str) -> str:
    return str(pynmea2.TalkerSentence("GP", kind, fields))

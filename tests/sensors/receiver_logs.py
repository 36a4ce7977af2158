"""Logs of our own making, and the real gpsd that reads them where this machine has it."""

import struct
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

import pytest

from edge_agent.sensors.gpsd_player import find_gpsd

SIGNALS_DB = (30, 33, 36, 38, 41, 44, 47, 28, 26)


def gpsd_or_skip() -> Path:
    gpsd = find_gpsd()
    if gpsd is None:
        pytest.skip("gpsd is not installed: apt install gpsd gpsd-clients")
    return gpsd


def ubx_log(seconds: int, signals_db: Sequence[int] = SIGNALS_DB) -> bytes:
    """A u-blox receiver's NAV-SAT and NAV-PVT once a second, from 2026-03-04T03:04:05Z at 31.2 N 121.5 E."""
    return b"".join(_nav_sat(second, signals_db) + _nav_pvt(second) for second in range(seconds))


def nmea_log(seconds: int) -> bytes:
    """The same from a receiver that speaks NMEA."""
    return _nmea(line for second in range(seconds) for line in (_rmc(second), _gga(second, 9)))


def nmea_sky_log(used: Sequence[int | None]) -> bytes:
    """The same with nine satellites in view, and so many of them used, second by second: ``None`` lists none (no GSA).

    RMC comes last: gpsd takes a GGA with 0 satellites for no fix, and a valid RMC after it for one.
    """
    return _nmea(line for second, count in enumerate(used) for line in _epoch(second, count))


def _epoch(second: int, used: int | None) -> Iterator[str]:
    yield _gga(second, 9 if used is None else used)
    if used is not None:
        numbers = ",".join(f"{number:02d}" if number <= used else "" for number in range(1, 13))
        yield f"GPGSA,A,3,{numbers},2.0,1.1,1.6"
    for part, first in enumerate(range(0, 9, 4), 1):
        signals = enumerate(SIGNALS_DB[first : first + 4], first + 1)
        yield f"GPGSV,3,{part},09" + "".join(f",{number:02d},45,090,{db}" for number, db in signals)
    yield _rmc(second)


def _rmc(second: int) -> str:
    return f"GPRMC,0304{5 + second:02d}.000,A,3112.00{second:02d},N,12130.0000,E,0.0,0.0,040326,,,A"


def _gga(second: int, used: int) -> str:
    return f"GPGGA,0304{5 + second:02d}.000,3112.00{second:02d},N,12130.0000,E,1,{used:02d},1.1,12.0,M,8.0,M,,"


def _nmea(lines: Iterable[str]) -> bytes:
    return "".join(f"${line}*{_nmea_sum(line):02X}\r\n" for line in lines).encode()


def _nmea_sum(line: str) -> int:
    total = 0
    for byte in line.encode():
        total ^= byte
    return total


def _nav_pvt(second: int) -> bytes:
    payload = struct.pack(
        "<IHBBBBBBIiBBBBiiiiII40x",
        1000 * second,
        *(2026, 3, 4, 3, 4, 5 + second, 0x07, 20, 0),
        *(3, 0x01, 0, 9),
        1_215_000_000,
        312_000_000 + 10 * second,
        *(12_000, 4_000, 2_500, 3_000),
    )
    return _ubx(0x01, 0x07, payload)


def _nav_sat(second: int, signals_db: Sequence[int]) -> bytes:
    payload = struct.pack("<IBBH", 1000 * second, 1, len(signals_db), 0)
    for number, signal_db in enumerate(signals_db, 1):
        payload += struct.pack("<BBBbhhI", 0, number, signal_db, 45, 90, 0, 0x0F)
    return _ubx(0x01, 0x35, payload)


def _ubx(kind: int, ident: int, payload: bytes) -> bytes:
    body = struct.pack("<BBH", kind, ident, len(payload)) + payload
    first = second = 0
    for byte in body:
        first = (first + byte) & 0xFF
        second = (second + first) & 0xFF
    return b"\xb5\x62" + body + bytes((first, second))

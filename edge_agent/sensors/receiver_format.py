"""Which language a receiver's log is in, told by whole and intact packets rather than by a lucky pair of bytes.

Only NMEA is read here; the makers' binary protocols are named, so that an operator knows to let gpsd read them.
The framings follow the makers' public protocol descriptions; a packet counts only when its own length leads to its
own checksum or trailer.
"""

import re
from collections.abc import Callable
from functools import reduce
from operator import xor
from typing import NamedTuple

NMEA = "nmea"
UNKNOWN_BINARY = "unknown_binary"
UNKNOWN_TEXT = "unknown_text"

_SENTENCE = re.compile(rb"\$([A-Z][A-Z0-9]{2,7},[\x20-\x7e]{0,400}?)\*([0-9A-F]{2})")
_CONTROL = re.compile(rb"[\x00-\x08\x0e-\x1f\x7f]")
# Some old receivers send no checksum.
_BARE_SENTENCE = re.compile(rb"\$G[A-Z](?:GGA|GLL|GNS|GSA|GSV|RMC|ZDA),[\x20-\x7e]+[\r\n]")

# What no receiver writes, by how it begins.
_FOREIGN = {
    "WAV": re.compile(rb"RIFF[\x00-\xff]{4}WAVE"),
    "NumPy": re.compile(rb"\x93NUMPY"),
    "PNG": re.compile(rb"\x89PNG\r\n\x1a\n"),
    "JPEG": re.compile(rb"\xff\xd8\xff"),
    "FLAC": re.compile(rb"fLaC"),
}


class _Framing(NamedTuple):
    """``begins`` finds where packets may begin; ``whole`` says whether one that begins at an index is intact."""

    name: str
    begins: re.Pattern[bytes]
    whole: Callable[[bytes, int], bool]


def foreign_kind(log: bytes) -> str | None:
    """``WAV``, ``NumPy``, ``PNG``, ``JPEG`` or ``FLAC`` where the file is surely that, and so no receiver's log."""
    return next((kind for kind, begins in _FOREIGN.items() if begins.match(log)), None)


def recognise(log: bytes) -> str:
    """Name the format: ``nmea``, a maker's binary protocol, or ``unknown_binary`` or ``unknown_text``.

    A log that mixes NMEA with binary is ``nmea``: its positions can be read.
    """
    log = re.sub(rb"\A(?:[#\r\n][^\n]*\n?)+", b"", log)
    if _holds_nmea(log):
        return NMEA
    is_binary = _CONTROL.search(log) is not None
    counts = {framing.name: _count(framing, log) for framing in (_BINARY + _TEXTUAL if is_binary else _TEXTUAL)}
    best = max(counts, key=lambda name: counts[name])
    if counts[best]:
        return best
    return _unframed(log, is_binary)


def _holds_nmea(log: bytes) -> bool:
    intact = any(reduce(xor, match[1]) == int(match[2], 16) for match in _SENTENCE.finditer(log))
    return intact or _BARE_SENTENCE.search(log) is not None


def _count(framing: _Framing, log: bytes) -> int:
    return sum(framing.whole(log, match.start()) for match in framing.begins.finditer(log))


def _unframed(log: bytes, is_binary: bool) -> str:
    # RTCM 10402 sends six bits a byte, the upper two always 01; its frames are found by parity alone.
    if log and sum(0x40 <= byte < 0x80 for byte in log) / len(log) > 0.9 and len(set(log)) > 32:
        return "rtcm2"
    return UNKNOWN_BINARY if is_binary else UNKNOWN_TEXT


def _u16(log: bytes, at: int, order: str = "little") -> int:
    return int.from_bytes(log[at : at + 2], "big" if order == "big" else "little")


def _ubx(log: bytes, at: int) -> bool:
    end = at + 6 + _u16(log, at + 4)
    first = second = 0
    for byte in log[at + 2 : end]:
        first = (first + byte) & 0xFF
        second = (second + first) & 0xFF
    return log[end : end + 2] == bytes((first, second))


def _sirf(log: bytes, at: int) -> bool:
    end = at + 4 + _u16(log, at + 2, "big")
    return log[end + 2 : end + 4] == b"\xb0\xb3" and _u16(log, end, "big") == sum(log[at + 4 : end]) & 0x7FFF


def _skytraq(log: bytes, at: int) -> bool:
    end = at + 4 + _u16(log, at + 2, "big")
    return log[end + 1 : end + 3] == b"\r\n" and reduce(xor, log[at + 4 : end], 0) == log[end]


def _rtcm3(log: bytes, at: int) -> bool:
    end = at + 3 + (_u16(log, at + 1, "big") & 0x3FF)
    return len(log) >= end + 3 and _crc24q(log[at:end]) == int.from_bytes(log[end : end + 3], "big")


def _crc24q(content: bytes) -> int:
    crc = 0
    for byte in content:
        crc ^= byte << 16
        for _ in range(8):
            crc = (crc << 1) ^ (0x1864CFB if crc & 0x800000 else 0)
    return crc


def _navcom(log: bytes, at: int) -> bool:
    end = at + 3 + _u16(log, at + 4)
    return log[end : end + 1] == b"\x03"


def _italk(log: bytes, at: int) -> bool:
    return len(log) > at + 6 and log[at + 9 + 2 * log[at + 6] :][:1] == b">"


def _zodiac(log: bytes, at: int) -> bool:
    header = log[at : at + 10]
    return len(header) == 10 and sum(_u16(header, word) for word in range(0, 10, 2)) & 0xFFFF == 0


def _geostar(log: bytes, at: int) -> bool:
    end = at + 12 + 4 * _u16(log, at + 6)
    return log[end : end + 4] in (b"PSGG", b"")


_GREIS_NEXT = re.compile(rb"[\r\n]|[0-~]{2}[0-9A-F]{3}")


def _greis(log: bytes, at: int) -> bool:
    end = at + 5 + int(log[at + 2 : at + 5], 16)
    return end > at + 5 and _GREIS_NEXT.match(log, end) is not None


def _oncore(log: bytes, at: int) -> bool:
    end = log.find(b"\r\n", at, at + 400)
    return end > at + 4 and reduce(xor, log[at + 2 : end - 1]) == log[end - 1]


def _dle_body(log: bytes, at: int) -> bytes:
    """What stands between DLE and DLE ETX, a doubled DLE being one byte of data; empty where the packet is cut."""
    match = re.compile(rb"\x10((?:[^\x10]|\x10\x10)+)\x10\x03", re.DOTALL).match(log, at)
    return match[1].replace(b"\x10\x10", b"\x10") if match else b""


def _garmin(log: bytes, at: int) -> bool:
    body = _dle_body(log, at)
    return len(body) >= 3 and body[1] == len(body) - 3 and sum(body) & 0xFF == 0


def _evermore(log: bytes, at: int) -> bool:
    body = _dle_body(log, at)
    return len(body) >= 4 and body[1] == len(body) and sum(body[2:-1]) & 0xFF == body[-1]


_TSIP_BEGINS = re.compile(rb"\x10[\x40-\x6f\x82-\x84\x8f\xbb-\xbe\xc1]")


def _tsip(log: bytes, at: int) -> bool:
    """TSIP has no checksum: a packet counts when the next one, or the end, stands right behind it."""
    end = log.find(b"\x10\x03", at + 1) + 2
    follows = end == len(log) or _TSIP_BEGINS.match(log, end) is not None
    return len(_dle_body(log, at)) >= 2 and follows and not _garmin(log, at)


def _anything(_log: bytes, _at: int) -> bool:
    return True


_BINARY = (
    _Framing("ubx", re.compile(rb"\xb5\x62"), _ubx),
    _Framing("sirf", re.compile(rb"\xa0\xa2"), _sirf),
    _Framing("skytraq", re.compile(rb"\xa0\xa1"), _skytraq),
    _Framing("rtcm3", re.compile(rb"\xd3[\x00-\x03]"), _rtcm3),
    _Framing("navcom", re.compile(rb"\x02\x99\x66"), _navcom),
    _Framing("italk", re.compile(rb"<![\x00-\xff]\x7f"), _italk),
    _Framing("zodiac", re.compile(rb"\xff\x81"), _zodiac),
    _Framing("geostar", re.compile(rb"PSGG"), _geostar),
    _Framing("greis", re.compile(rb"(?:\A|(?<=[\r\n]))[0-~]{2}[0-9A-F]{3}"), _greis),
    _Framing("oncore", re.compile(rb"@@[A-Z][a-z]"), _oncore),
    _Framing("garmin", re.compile(rb"\x10[^\x02\x03\x10]"), _garmin),
    _Framing("evermore", re.compile(rb"\x10\x02"), _evermore),
    _Framing("tsip", _TSIP_BEGINS, _tsip),
)
_TEXTUAL = (
    _Framing("aivdm", re.compile(rb"!(?:AI|AB|BS|SA)VD[MO],\d,\d,[\x20-\x7e]{8,}\*[0-9A-F]{2}"), _anything),
    _Framing("gpsd_json", re.compile(rb'\{"class":"[A-Z]+"'), _anything),
    _Framing("ntrip", re.compile(rb"ICY 200 OK|SOURCETABLE 200 OK"), _anything),
)

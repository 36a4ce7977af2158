"""What the sentences of one NMEA 0183 epoch say together."""

import math
from collections.abc import Iterator, Sequence
from datetime import UTC, date, datetime, time
from typing import Any, NamedTuple

from edge_agent.perception.geodesy import LONGEST_M
from edge_agent.readings import PositionReading
from visit_record.vocabulary import FixType

Sentence = Any

# In order of trust: the first kind that an epoch holds decides whether there is a fix, and where.
POSITION_SENTENCES = ("GGA", "GNS", "RMC", "GLL")

# Horizontal user-equivalent range error at 95% confidence, so that accuracy is HDOP times this. The two factors are
# the ones that gpsd gives its ``eph`` with, for a plain and for a differentially corrected fix.
RANGE_ERROR_M = 19.0
CORRECTED_RANGE_ERROR_M = 4.75

# More than all constellations together; a larger count is a broken sentence.
MOST_SATELLITES = 200

# GGA quality: 0 none, 7 typed in by hand, 8 simulator. The last two name a place that no satellite was asked about.
_NO_SATELLITE_FIX = (0, 7, 8)
_CORRECTED = (2, 4, 5, 9)
_NOT_VALID_MODES = ("N", "M", "S")


class _Place(NamedTuple):
    latitude_deg: float
    longitude_deg: float
    corrected: bool


def reading_of(epoch: Sequence[Sentence], at_ms: int) -> PositionReading:
    """One reading of an epoch's sentences, any talker, as pynmea2 parsed them (NMEA 0183 4.11).

    The receiver's time is taken as the satellites' only with a fix: before one it is the receiver's own clock.
    """
    place = _place(epoch)
    hdop = _first(epoch, ("GGA", "horizontal_dil"), ("GNS", "hdop"), ("GSA", "hdop"))
    if place is None:
        return PositionReading(at_ms, FixType.NONE, satellites=_satellites(epoch), hdop=hdop, snr_db=_snr_db(epoch))
    return PositionReading(
        at_ms,
        _fix_type(epoch),
        place.latitude_deg,
        place.longitude_deg,
        _accuracy_m(hdop, place),
        _satellites(epoch),
        hdop,
        _utc_ms(epoch),
        _snr_db(epoch),
    )


def has_fix(epoch: Sequence[Sentence]) -> bool:
    """Whether the epoch's most trusted sentence tells a place that satellites gave."""
    return _place(epoch) is not None


def _of_kind(epoch: Sequence[Sentence], *kinds: str) -> Iterator[Sentence]:
    return (sentence for sentence in epoch if getattr(sentence, "sentence_type", "") in kinds)


def _place(epoch: Sequence[Sentence]) -> _Place | None:
    for kind in POSITION_SENTENCES:
        said = list(_of_kind(epoch, kind))
        if said:
            return next((place for place in map(_place_said, said) if place), None)
    return None


def _place_said(sentence: Sentence) -> _Place | None:
    # pynmea2 answers 0.0 for a coordinate without its hemisphere, which would be a fix in the Gulf of Guinea.
    if not _is_fix(sentence) or sentence.lat_dir not in ("N", "S") or sentence.lon_dir not in ("E", "W"):
        return None
    try:
        place = _Place(sentence.latitude, sentence.longitude, _is_corrected(sentence))
    except ValueError:
        return None
    return place if abs(place.latitude_deg) <= 90 and abs(place.longitude_deg) <= 180 else None


def _is_fix(sentence: Sentence) -> bool:
    match sentence.sentence_type:
        case "GGA":
            return isinstance(sentence.gps_qual, int) and sentence.gps_qual not in _NO_SATELLITE_FIX
        case "GNS":
            return any(mode not in _NOT_VALID_MODES for mode in sentence.mode_indicator)
        case "RMC":
            return sentence.status == "A" and sentence.mode_indicator not in _NOT_VALID_MODES
        case _:
            return sentence.status == "A" and sentence.faa_mode not in _NOT_VALID_MODES


def _is_corrected(sentence: Sentence) -> bool:
    return sentence.sentence_type == "GGA" and sentence.gps_qual in _CORRECTED


def _accuracy_m(hdop: float | None, place: _Place) -> float | None:
    if hdop is None:
        return None
    return min(hdop * (CORRECTED_RANGE_ERROR_M if place.corrected else RANGE_ERROR_M), LONGEST_M)


def _fix_type(epoch: Sequence[Sentence]) -> FixType:
    """GSA says it; a receiver without GSA has a height only when it has three dimensions."""
    said = [_number(sentence, "mode_fix_type") for sentence in _of_kind(epoch, "GSA")]
    if 2 in said or 3 in said:
        return FixType.FIX_3D if 3 in said else FixType.FIX_2D
    has_height = any(_number(sentence, "altitude") is not None for sentence in _of_kind(epoch, "GGA", "GNS"))
    return FixType.FIX_3D if has_height and (_satellites(epoch) or 0) >= 4 else FixType.FIX_2D


def _satellites(epoch: Sequence[Sentence]) -> int | None:
    """Satellites used: as GGA or GNS counts them, the largest where each constellation has its own, else GSA's list."""
    counted = [_number(sentence, "num_sats") for sentence in _of_kind(epoch, "GGA", "GNS")]
    known = [int(count) for count in counted if count is not None and count <= MOST_SATELLITES]
    if known:
        return max(known)
    lists = [sentence.data[2:14] for sentence in _of_kind(epoch, "GSA")]
    return sum(bool(satellite) for used in lists for satellite in used) if lists else None


def _snr_db(epoch: Sequence[Sentence]) -> tuple[float, ...] | None:
    """Carrier-to-noise of the satellites in view that are heard: every fourth field of GSV, from the seventh.

    Some receivers write 00 for a satellite that they do not track, where NMEA 0183 has an empty field.
    """
    told = list(_of_kind(epoch, "GSV"))
    if not told:
        return None
    said = (field for sentence in told for field in sentence.data[6:19:4])
    return tuple(float(field) for field in said if field.isdecimal() and int(field) > 0)


def _utc_ms(epoch: Sequence[Sentence]) -> int | None:
    for sentence in _of_kind(epoch, "RMC", "ZDA"):
        day = _date(sentence)
        if day is not None and isinstance(sentence.timestamp, time):
            return round(datetime.combine(day, sentence.timestamp.replace(tzinfo=UTC)).timestamp() * 1000)
    return None


def _date(sentence: Sentence) -> date | None:
    try:
        day = sentence.datestamp
    except (TypeError, ValueError):
        return None
    return day if isinstance(day, date) else None


def _first(epoch: Sequence[Sentence], *places: tuple[str, str]) -> float | None:
    said = (_number(sentence, field) for kind, field in places for sentence in _of_kind(epoch, kind))
    return next((value for value in said if value is not None), None)


def _number(sentence: Sentence, field: str) -> float | None:
    """A field that is a finite number, not below 0 save for a height; ``None`` for any other text."""
    try:
        value = float(getattr(sentence, field))
    except (TypeError, ValueError):
        return None
    return value if math.isfinite(value) and (value >= 0 or field == "altitude") else None

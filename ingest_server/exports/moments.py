"""How a moment is written in files. Pure."""

from datetime import UTC, datetime, timedelta, tzinfo
from typing import Final

_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
# A day from each end of the calendar, so that no zone turns over it.
_FIRST_MS: Final = -62_135_510_400_000
_LAST_MS: Final = 253_402_214_400_000


def moment(at_ms: int, zone: tzinfo) -> datetime:
    """A moment in a zone; one beyond the calendar is that of its end."""
    return (_EPOCH + timedelta(milliseconds=min(max(at_ms, _FIRST_MS), _LAST_MS))).astimezone(zone)


def iso(at_ms: int, zone: tzinfo) -> str:
    """ISO 8601 with milliseconds and the zone's offset, ``Z`` for UTC."""
    return moment(at_ms, zone).isoformat(timespec="milliseconds").replace("+00:00", "Z")

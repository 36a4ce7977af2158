"""By when somebody is to have looked at a visit. Pure."""

from collections.abc import Mapping
from typing import Final

from ingest_server.local_days import DAY_MS
from ingest_server.scoring.verdict import Band

_DAYS: Final[Mapping[Band, int]] = {Band.HOLD: 1, Band.REVIEW: 3}
_OTHERS_DAYS: Final = 7


def due_at_ms(band: Band, opened_at_ms: int) -> int:
    """When a case over a visit of this band is due, UTC milliseconds: sooner where it is to be looked at first."""
    return opened_at_ms + _DAYS.get(band, _OTHERS_DAYS) * DAY_MS

"""How shares, weights and moments are written, whatever the language. Pure."""

from collections.abc import Callable
from datetime import UTC, datetime, tzinfo

# A record's times reach to the end of 9999, which is in the year 10000 east of Greenwich.
_LAST_MS = 253_402_214_400_000


def local_time(zone: tzinfo) -> Callable[[float, str], str]:
    """How a moment is written where the visit was."""

    def written(at_ms: float, pattern: str = "%Y-%m-%d %H:%M") -> str:
        return datetime.fromtimestamp(min(at_ms, _LAST_MS) / 1000, UTC).astimezone(zone).strftime(pattern)

    return written


def percent(share: float) -> str:
    """A share; never rounded up to a certainty that it is not."""
    if share not in {0.0, 1.0} and not 0.005 <= share < 0.995:
        return "<1%" if share < 0.5 else ">99%"
    return f"{share:.0%}"


def signed(value: float) -> str:
    """A weight with its sign."""
    return f"{value:+.1f}".replace("-", "\N{MINUS SIGN}")

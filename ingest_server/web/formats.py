"""How shares, weights and moments are written, whatever the language. Pure."""

from collections.abc import Callable
from datetime import tzinfo

from ingest_server.local_days import local


def local_time(zone: tzinfo) -> Callable[[float, str], str]:
    """How a moment is written where the visit was."""

    def written(at_ms: float, pattern: str = "%Y-%m-%d %H:%M") -> str:
        return local(at_ms, zone).strftime(pattern)

    return written


def percent(share: float) -> str:
    """A share; never rounded up to a certainty that it is not."""
    if share not in {0.0, 1.0} and not 0.005 <= share < 0.995:
        return "<1%" if share < 0.5 else ">99%"
    return f"{share:.0%}"


def signed(value: float) -> str:
    """A weight with its sign."""
    return f"{value:+.1f}".replace("-", "\N{MINUS SIGN}")

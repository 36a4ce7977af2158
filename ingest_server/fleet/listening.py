"""Since when somebody listens to devices: a silence in which nobody did is none of theirs. Pure."""

from typing import Final

from msgspec import Struct

from ingest_server.local_days import HOUR_MS

# A server that is renewed or loses its broker for a while goes on listening; a longer gap begins it anew.
LONGEST_GAP_MS: Final = HOUR_MS


class Listening(Struct, frozen=True):
    """The time over which devices' own words could be heard, up to the last moment at which it is known."""

    since_ms: int
    until_ms: int


def still_listening(before: Listening | None, now_ms: int) -> Listening:
    """The same with this moment; begun anew after a gap, or where the clock was put back."""
    if before is None or not 0 <= now_ms - before.until_ms <= LONGEST_GAP_MS:
        return Listening(now_ms, now_ms)
    return Listening(before.since_ms, now_ms)

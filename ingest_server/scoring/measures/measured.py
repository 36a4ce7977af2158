"""The shape of a measure, and when a sense has seen enough to speak."""

from collections.abc import Callable

from ingest_server.scoring.seen import TOO_LITTLE, Seen
from visit_record.vocabulary import NotObservedReason

Measured = float | NotObservedReason
Measure = Callable[[Seen], Measured]

NOT_ASKED = NotObservedReason.NOT_ASKED
# What was not seen or heard may have happened while the sense was blind or deaf: only a sense that had nearly the
# whole visit may speak against it by silence.
NEARLY_WHOLE = 0.8
# Shares of less than a minute are noise, and of next to nothing are infinite.
LEAST_DURATION_S = 60.0
# Checking out brings everybody back to the device.
CHECK_OUT_S = 120.0


def unless_partial(value: float, *, supports: bool, seen_share: float, least: float = NEARLY_WHOLE) -> Measured:
    """The value, but for one that speaks against the visit and rests on less than ``least`` of it."""
    return value if supports or seen_share >= least else TOO_LITTLE

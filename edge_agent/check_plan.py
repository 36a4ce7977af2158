"""When the camera is looked at: after check-in, now and then during the visit, and after check-out."""

from collections.abc import Iterator
from dataclasses import dataclass, replace

from edge_agent.settings import CheckSettings
from visit_record.vocabulary import CheckMoment


@dataclass(frozen=True, slots=True)
class CheckWindow:
    """A stretch of monotonic time in which pictures are looked at."""

    moment: CheckMoment
    start_ms: int
    end_ms: int

    def holds(self, at_ms: int) -> bool:
        """Whether a moment lies in the window, its end excluded."""
        return self.start_ms <= at_ms < self.end_ms


def check_windows(
    checks: CheckSettings, check_in_ms: int, until_ms: int, check_out_ms: int | None
) -> tuple[CheckWindow, ...]:
    """The windows of a visit that opened up to ``until_ms``, in order; check-out closes all but its own."""
    windows = [CheckWindow(CheckMoment.CHECK_IN, check_in_ms, _after(check_in_ms, checks.check_in_s))]
    windows += _during(checks, check_in_ms, until_ms)
    if check_out_ms is None:
        return tuple(windows)
    before = [replace(w, end_ms=min(w.end_ms, check_out_ms)) for w in windows if w.start_ms < check_out_ms]
    return (*before, CheckWindow(CheckMoment.CHECK_OUT, check_out_ms, _after(check_out_ms, checks.check_out_s)))


def _during(checks: CheckSettings, check_in_ms: int, until_ms: int) -> Iterator[CheckWindow]:
    start_ms = _after(check_in_ms, checks.during_every_s)
    while start_ms <= until_ms:
        yield CheckWindow(CheckMoment.DURING, start_ms, _after(start_ms, checks.during_s))
        start_ms = _after(start_ms, checks.during_every_s)


def _after(at_ms: int, seconds: float) -> int:
    return at_ms + round(1000 * seconds)

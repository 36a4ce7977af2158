"""When the camera is looked at, and what a face is then asked for: after check-in, now and then, after check-out."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from random import Random

from msgspec import Struct

from edge_agent.perception.challenge import Challenge, draw_challenge
from edge_agent.visit_settings import CheckSettings
from visit_record.vocabulary import CheckMoment

# What is asked at a moment of a visit, drawn anew each time; None where nobody can be asked, as in a replay.
Asker = Callable[[CheckMoment], Challenge | None]
# What was asked in a look, by when that began.
Challenges = Mapping[int, Challenge]


class ChallengeDrawn(Struct, frozen=True, tag=True):
    """What is asked of a face, for the journal; the first step is asked at ``at_ms`` of the monotonic clock."""

    at_ms: int
    moment: CheckMoment
    challenge: Challenge


@dataclass(frozen=True, slots=True)
class CheckWindow:
    """A stretch of monotonic time in which pictures are looked at; the first step is asked ``settle_ms`` into it."""

    moment: CheckMoment
    start_ms: int
    end_ms: int
    challenge: Challenge | None = None
    settle_ms: int = 0

    @property
    def asked_at_ms(self) -> int:
        """When the first step of the challenge is asked; until then the face is seen at rest."""
        return self.start_ms + self.settle_ms

    def holds(self, at_ms: int) -> bool:
        """Whether a moment lies in the window, its end excluded."""
        return self.start_ms <= at_ms < self.end_ms


def ask_nothing(_moment: CheckMoment) -> Challenge | None:
    """Nobody can be asked: pictures are replayed."""
    return None


def asker(checks: CheckSettings, rng: Random) -> Asker:
    """Draws what may be asked on this device; ``rng`` is :class:`random.SystemRandom` wherever it matters."""

    def ask(moment: CheckMoment) -> Challenge:
        length_s = checks.check_out_s if moment is CheckMoment.CHECK_OUT else checks.check_in_s
        return draw_challenge(rng, checks.asks, max(0, _ms(length_s - checks.settle_s)))

    return ask


def check_windows(
    checks: CheckSettings,
    arrivals_ms: Sequence[int],
    until_ms: int,
    check_out_ms: int | None,
    challenges: Challenges | None = None,
) -> tuple[CheckWindow, ...]:
    """The windows of a visit that opened up to ``until_ms``, in order; check-out closes all but its own.

    ``arrivals_ms`` is when somebody checked in, and when the camera was asked to look at them once more; that, too,
    closes what is open.
    """
    asked, settle_ms = challenges or {}, _ms(checks.settle_s)

    def asking(moment: CheckMoment, start_ms: int, length_s: float) -> CheckWindow:
        return CheckWindow(moment, start_ms, start_ms + _ms(length_s), asked.get(start_ms), settle_ms)

    arrivals = [asking(CheckMoment.CHECK_IN, start_ms, checks.check_in_s) for start_ms in arrivals_ms]
    free = [
        look for look in _during(checks, arrivals_ms[0], until_ms) if not any(a.holds(look.start_ms) for a in arrivals)
    ]
    windows = sorted([*arrivals, *free], key=lambda window: window.start_ms)
    if check_out_ms is not None:
        windows = [window for window in windows if window.start_ms < check_out_ms]
        windows.append(asking(CheckMoment.CHECK_OUT, check_out_ms, checks.check_out_s))
    return tuple(_closed_by_the_next(windows))


def _closed_by_the_next(windows: Sequence[CheckWindow]) -> Iterator[CheckWindow]:
    for window, following in zip(windows, (*windows[1:], None), strict=True):
        yield window if following is None else replace(window, end_ms=min(window.end_ms, following.start_ms))


def _during(checks: CheckSettings, check_in_ms: int, until_ms: int) -> Iterator[CheckWindow]:
    every_ms = _ms(checks.during_every_s)
    start_ms = check_in_ms + every_ms
    while start_ms <= until_ms:
        yield CheckWindow(CheckMoment.DURING, start_ms, start_ms + _ms(checks.during_s))
        start_ms += every_ms


def _ms(seconds: float) -> int:
    return round(1000 * seconds)

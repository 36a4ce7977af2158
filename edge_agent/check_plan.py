"""When the camera is looked at, and what a face is then asked for: after check-in, now and then, after check-out."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from random import Random

from msgspec import Struct

from edge_agent.perception.challenge import Challenge, draw_challenge
from edge_agent.settings import CheckSettings
from visit_record.vocabulary import CheckMoment

# What is asked at a moment of a visit, drawn anew each time; None where nobody can be asked, as in a replay.
Asker = Callable[[CheckMoment], Challenge | None]
Challenges = Mapping[CheckMoment, Challenge]


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
    check_in_ms: int,
    until_ms: int,
    check_out_ms: int | None,
    challenges: Challenges | None = None,
) -> tuple[CheckWindow, ...]:
    """The windows of a visit that opened up to ``until_ms``, in order; check-out closes all but its own."""
    asked, settle_ms = challenges or {}, _ms(checks.settle_s)

    def ends(moment: CheckMoment, start_ms: int, length_s: float) -> CheckWindow:
        return CheckWindow(moment, start_ms, start_ms + _ms(length_s), asked.get(moment), settle_ms)

    windows = [ends(CheckMoment.CHECK_IN, check_in_ms, checks.check_in_s), *_during(checks, check_in_ms, until_ms)]
    if check_out_ms is None:
        return tuple(windows)
    before = [replace(w, end_ms=min(w.end_ms, check_out_ms)) for w in windows if w.start_ms < check_out_ms]
    return (*before, ends(CheckMoment.CHECK_OUT, check_out_ms, checks.check_out_s))


def _during(checks: CheckSettings, check_in_ms: int, until_ms: int) -> Iterator[CheckWindow]:
    every_ms = _ms(checks.during_every_s)
    start_ms = check_in_ms + every_ms
    while start_ms <= until_ms:
        yield CheckWindow(CheckMoment.DURING, start_ms, start_ms + _ms(checks.during_s))
        start_ms += every_ms


def _ms(seconds: float) -> int:
    return round(1000 * seconds)

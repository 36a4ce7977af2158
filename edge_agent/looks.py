"""When the camera is looked at in one visit, and what a face was asked for each time."""

from collections.abc import Mapping
from types import MappingProxyType

from edge_agent.actions import CheckIn, CheckOut, LookAgain, VisitEvent
from edge_agent.check_plan import Asker, ChallengeDrawn, CheckWindow, check_windows
from edge_agent.errors import VisitStateError
from edge_agent.perception.challenge import Challenge
from edge_agent.visit_settings import CheckSettings
from visit_record.vocabulary import CheckMoment

# Each look is a chance to pass, for whoever ought not to as well; the record has every one of them.
MOST_LOOKS = 3

_MOMENT_OF: Mapping[type[VisitEvent], CheckMoment] = MappingProxyType(
    {CheckIn: CheckMoment.CHECK_IN, LookAgain: CheckMoment.CHECK_IN, CheckOut: CheckMoment.CHECK_OUT}
)


class Looks:
    """The looks of one visit; ``ask`` draws what is asked of a face. Times are monotonic. Used by one thread."""

    def __init__(self, checks: CheckSettings, ask: Asker, check_in_ms: int) -> None:
        self._checks, self._ask = checks, ask
        self._arrivals_ms = [check_in_ms]
        self._check_out_ms: int | None = None
        self._looked_at_ms: int | None = None
        self._challenges: dict[int, Challenge] = {}

    @property
    def left(self) -> int:
        """How often the camera may still be asked to look again at whoever checked in."""
        return MOST_LOOKS - len(self._arrivals_ms)

    @property
    def done_ms(self) -> int:
        """When the time is over for looking at whoever checked in last, or has checked out."""
        if self._check_out_ms is not None:
            return self._check_out_ms + round(1000 * self._checks.check_out_s)
        return self._arrivals_ms[-1] + round(1000 * self._checks.check_in_s)

    def follow(self, event: LookAgain | CheckOut) -> None:
        """Somebody is to be looked at.

        Raises:
            VisitStateError: the camera has looked often enough at whoever checked in; nothing changed.
        """
        if isinstance(event, CheckOut):
            self._check_out_ms = event.at_ms
            return
        if self.left < 1:
            raise VisitStateError(f"the camera has looked {MOST_LOOKS} times; there is another way in")
        self._arrivals_ms.append(event.at_ms)
        self._looked_at_ms = None

    def draw(self, event: VisitEvent) -> ChallengeDrawn | None:
        """What is asked of whoever is looked at after an event: only now is it known, and only here."""
        moment = _MOMENT_OF.get(type(event))
        challenge = self._ask(moment) if moment is not None else None
        if moment is None or challenge is None:
            return None
        self._challenges[event.at_ms] = challenge
        return ChallengeDrawn(event.at_ms + self._settle_ms, moment, challenge)

    def recall(self, drawn: ChallengeDrawn) -> None:
        """Take from a journal what was asked."""
        self._challenges[drawn.at_ms - self._settle_ms] = drawn.challenge

    def windows(self, until_ms: int) -> tuple[CheckWindow, ...]:
        """When the camera was to be looked at, up to a moment."""
        return check_windows(self._checks, self._arrivals_ms, until_ms, self._check_out_ms, self._challenges)

    def take(self, at_ms: int, until_ms: int) -> bool:
        """Whether a picture is looked at, by the windows up to a moment; the next one then only after a while."""
        if self._looked_at_ms is not None and at_ms - self._looked_at_ms < self._checks.frame_interval_ms:
            return False
        if not any(window.holds(at_ms) for window in self.windows(until_ms)):
            return False
        self._looked_at_ms = at_ms
        return True

    @property
    def _settle_ms(self) -> int:
        return round(1000 * self._checks.settle_s)

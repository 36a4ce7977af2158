"""One part's state with its times, as its own thread and everybody else see it."""

import threading
from collections.abc import Callable
from dataclasses import dataclass

from edge_agent.errors import SensorError
from edge_agent.sensor_settings import SupervisionSettings
from edge_agent.supervision.states import Signal, next_state
from edge_agent.supervision.words import said_of
from edge_agent.timeline import SensorTurned
from visit_record.bilingual import Words
from visit_record.fitted import Fault, Part, SensorState


@dataclass(frozen=True, slots=True)
class SensorStatus:
    """How a part fares, for a screen, a health message or a log; times are of the monotonic clock.

    ``since_ms`` is when it came into this state, ``spoke_ms`` when it last gave a reading that may be believed,
    ``dropped`` how many readings nobody had time for. ``detail`` is what its driver met, for an operator.
    """

    part: Part
    state: SensorState
    fault: Fault | None
    since_ms: int
    spoke_ms: int | None
    restarts: int
    dropped: int
    detail: SensorError | None

    @property
    def words(self) -> Words:
        """What a screen says of it."""
        return said_of(self.part, self.state, self.fault)


class Watch:
    """Follows the table of states for one part; what turns is handed to ``tell`` in the order in which it did.

    Used by several threads. ``tell`` is called under the lock, and must neither block nor ask this watch.
    """

    def __init__(
        self, part: Part, bounds: SupervisionSettings, now_ms: int, tell: Callable[[SensorTurned], None]
    ) -> None:
        self.part = part
        self._bounds = bounds
        self._tell = tell
        self._lock = threading.Lock()
        self._state = SensorState.OPENING
        self._detail: SensorError | None = None
        self._fault: Fault | None = None
        self._since_ms = self._well_ms = self._heard_ms = now_ms
        self._spoke_ms: int | None = None
        self._restarts = 0

    @property
    def failed(self) -> bool:
        """Whether it was given up."""
        return self._state is SensorState.FAILED

    def status(self, dropped: int = 0) -> SensorStatus:
        """How it fares now."""
        with self._lock:
            return SensorStatus(
                self.part,
                self._state,
                self._fault,
                self._since_ms,
                self._spoke_ms,
                self._restarts,
                dropped,
                self._detail,
            )

    def read(self, now_ms: int) -> None:
        """It gave something that may be believed."""
        with self._lock:
            self._well_ms = self._heard_ms = self._spoke_ms = now_ms
            self._turn(Signal.READ, None, now_ms)

    def lied(self, fault: Fault, now_ms: int, is_peoples: bool) -> None:
        """It gave what cannot be true; what people do to it is no reason ever to give it up."""
        with self._lock:
            self._heard_ms = now_ms
            if is_peoples:
                self._well_ms = now_ms
            self._turn(Signal.LIED, fault, now_ms)

    def broke(self, detail: SensorError, now_ms: int) -> None:
        """It cannot be opened, failed or ended."""
        with self._lock:
            self._restarts += 1
            self._heard_ms = now_ms
            self._turn(Signal.BROKE, Fault.BROKEN, now_ms, detail)
            self._give_up_if_hopeless(now_ms)

    def switched_off(self, detail: SensorError, now_ms: int) -> None:
        """Somebody switched it off: no fault, and no use in trying again."""
        with self._lock:
            self._turn(Signal.GAVE_UP, Fault.SWITCHED_OFF, now_ms, detail)

    def look(self, now_ms: int) -> None:
        """Notice what a part that says nothing cannot tell of itself: that it is silent, or has been for too long."""
        with self._lock:
            if now_ms - self._heard_ms > 1000 * self._bounds.silent_after_s:
                self._turn(Signal.STALLED, Fault.STALLED, now_ms)
            self._give_up_if_hopeless(now_ms)

    def _give_up_if_hopeless(self, now_ms: int) -> None:
        too_long = now_ms - self._well_ms > 1000 * self._bounds.give_up_after_s
        if too_long or self._restarts > self._bounds.restarts:
            self._turn(Signal.GAVE_UP, self._fault, now_ms)

    def _turn(self, signal: Signal, fault: Fault | None, now_ms: int, detail: SensorError | None = None) -> None:
        state = next_state(self._state, signal)
        is_final = self._state is SensorState.FAILED
        is_no_news = fault is self._fault or state is SensorState.RESTARTING
        if is_final or (state is self._state and is_no_news):
            return
        if state is not self._state:
            self._since_ms = now_ms
        self._state, self._fault = state, fault
        self._detail = detail or (None if fault is None else self._detail)
        self._tell(SensorTurned(now_ms, self.part, state, fault, self._spoke_ms))

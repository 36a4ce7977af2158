"""A visit as it happens: people and all parts of a fitted device, each at its own pace, brought into one order."""

import threading
from collections.abc import Callable, Generator, Iterable, Iterator, Sequence
from dataclasses import dataclass, field

import structlog

from edge_agent.actions import VisitEvent
from edge_agent.ports import Sensor, TamperGuard
from edge_agent.readings import Reading
from edge_agent.sensor_settings import SupervisionSettings
from edge_agent.sensors.monotonic import Clock
from edge_agent.supervision.clock_watch import ClockWatch
from edge_agent.supervision.mailbox import Mailbox
from edge_agent.supervision.runner import Opened, Runner
from edge_agent.supervision.states import MODALITY_OF, PART_OF
from edge_agent.supervision.watch import SensorStatus, Watch
from edge_agent.timeline import Happening, SensorLost, SensorTurned, TimePassed
from visit_record.fitted import Fault, Part, SensorState
from visit_record.vocabulary import Modality, NotObservedReason

# At least so often a visit notices that time has passed, and that a sensor has not spoken.
TICK_S = 0.5


@dataclass
class LiveGathering:
    """Gathers one visit at a time; :meth:`gather` is a witness's ``gather``. ``wall_ms`` is the wall clock, UTC.

    Any thread may ask for :meth:`statuses`, close one sensor, or end it all.
    """

    bounds: SupervisionSettings
    clock: Clock
    wall_ms: Callable[[], int]
    guards: Sequence[TamperGuard] = ()
    _runners: list[Runner] = field(default_factory=list)
    _mailbox: Mailbox = field(default_factory=Mailbox)
    _ended: threading.Event = field(default_factory=threading.Event)

    def gather(
        self, events: Iterable[VisitEvent], sensors: Sequence[Sensor[Reading]], starts_at_ms: int
    ) -> Generator[Happening, None, None]:
        """Everything that happens from ``starts_at_ms`` on, until it is closed or :meth:`end` is called.

        Roughly in order of ``at_ms``: nobody waits for a sensor that may never speak again.
        """
        self._mailbox = Mailbox()
        self._runners = [*self._sensors(sensors), *self._guards()]
        self._listen_to_people(events)
        for runner in self._runners:
            runner.start()
        try:
            yield from self._happenings(starts_at_ms)
        finally:
            self._let_go()

    def statuses(self) -> tuple[SensorStatus, ...]:
        """How each opened part fares now, or did at the end of the visit."""
        return tuple(runner.watch.status(self._mailbox.dropped(runner.part)) for runner in self._runners)

    def close(self, sensor: Modality) -> None:
        """Close a sensor for the rest of the visit: whoever was seen or heard by it takes their consent back.

        What waits of it is forgotten, and that it is silent from now on is no trouble.
        """
        part = PART_OF[sensor]
        self._mailbox.close(part)
        for runner in self._runners:
            if runner.part is part:
                runner.stop()
        self._runners = [runner for runner in self._runners if runner.part is not part]

    def end(self) -> None:
        """Nobody and nothing will say any more; the program is asked to end."""
        self._ended.set()

    def _sensors(self, sensors: Sequence[Sensor[Reading]]) -> Iterator[Runner]:
        for sensor in sensors:
            yield self._runner(PART_OF[sensor.modality], sensor.readings)

    def _guards(self) -> Iterator[Runner]:
        for guard in self.guards:
            yield self._runner(Part.GUARD, guard.signs)

    def _runner(self, part: Part, opened: Opened) -> Runner:
        watch = Watch(part, self.bounds, self.clock(), self._mailbox.tell)
        return Runner(part, opened, watch, self._mailbox, self.bounds, self.clock)

    def _listen_to_people(self, events: Iterable[VisitEvent]) -> None:
        mailbox = self._mailbox

        def listen() -> None:
            for event in events:
                mailbox.tell(event)

        threading.Thread(target=listen, name="people", daemon=True).start()

    def _happenings(self, starts_at_ms: int) -> Iterator[Happening]:
        clock_watch = ClockWatch()
        while not self._ended.is_set():
            happening = self._mailbox.take(TICK_S)
            now_ms = self.clock()
            for runner in self._runners:
                runner.watch.look(now_ms)
            stepped = clock_watch.look(now_ms, self.wall_ms())
            if stepped is not None:
                yield stepped
            if happening is None:
                yield TimePassed(now_ms)
            elif happening.at_ms >= starts_at_ms:
                yield from self._with_loss(happening)

    def _with_loss(self, happening: Happening) -> Iterator[Happening]:
        yield happening
        if isinstance(happening, SensorTurned) and happening.state is SensorState.FAILED:
            sensor = MODALITY_OF.get(happening.part)
            if sensor is not None:
                lost_ms = happening.at_ms if happening.spoke_ms is None else happening.spoke_ms
                yield SensorLost(lost_ms, sensor, self._detail(happening.part), _reason(sensor, happening.fault))

    def _detail(self, part: Part) -> str:
        return next((status.detail.told for status in self.statuses() if status.part is part and status.detail), "")

    def _let_go(self) -> None:
        for runner in self._runners:
            runner.stop()
        blocked = [runner.part.value for runner in self._runners if not runner.join()]
        dropped = {status.part.value: status.dropped for status in self.statuses() if status.dropped}
        if blocked or dropped:
            structlog.get_logger().warning("sensors_let_go", blocked=blocked, dropped=dropped)


def _reason(sensor: Modality, fault: Fault | None) -> NotObservedReason:
    """Only of a location does the record say that it was off."""
    off = fault is Fault.SWITCHED_OFF and sensor is Modality.POSITION
    return NotObservedReason.LOCATION_OFF if off else NotObservedReason.SENSOR_FAULT

"""The one thread of a part: opens it, hands on what may be believed, and opens it anew where that may help."""

import threading
from collections.abc import Callable, Generator, Iterator
from contextlib import closing
from dataclasses import dataclass, field

import structlog

from edge_agent.errors import SensorError, SensorOffError
from edge_agent.readings import Reading, TamperSign
from edge_agent.sensor_settings import SupervisionSettings
from edge_agent.sensors.monotonic import Clock
from edge_agent.supervision.doubts import Doubts
from edge_agent.supervision.mailbox import Mailbox
from edge_agent.supervision.states import PASSED_ON, PEOPLES
from edge_agent.supervision.watch import Watch
from edge_agent.timeline import DeviceMoved
from visit_record.fitted import WRONG, Fault, Part

Opened = Callable[[], Iterator[Reading] | Iterator[TamperSign]]
JOIN_S = 2.0


@dataclass
class Runner:
    """Runs one part until it is stopped or given up. A driver that blocks for good holds up its own thread alone."""

    part: Part
    opened: Opened
    watch: Watch
    mailbox: Mailbox
    bounds: SupervisionSettings
    clock: Clock
    _stopped: threading.Event = field(default_factory=threading.Event)
    _wait_s: float = 0.0
    _began_ms: int = 0

    def __post_init__(self) -> None:
        # Kept from one opening to the next: the same picture as before is no sign of life.
        self._doubts = Doubts(self.part)

    def start(self) -> None:
        """Begin, in a thread of its own."""
        self._wait_s = self.bounds.first_wait_s
        self._thread = threading.Thread(target=self._run, name=f"sensor-{self.part}", daemon=True)
        self._thread.start()

    def stop(self) -> None:
        """Ask it to end; it does so at its next reading or the end of its wait."""
        self._stopped.set()

    def join(self) -> bool:
        """Wait a little for its end, and say whether it came: a driver may block."""
        self._thread.join(JOIN_S)
        return not self._thread.is_alive()

    def _run(self) -> None:
        while not self._is_over():
            self._began_ms = self.clock()
            try:
                self._listen()
            except SensorOffError as off:
                self.watch.switched_off(off, self.clock())
            except SensorError as error:
                self.watch.broke(error, self.clock())
                structlog.get_logger().warning("sensor_broke", part=self.part.value, detail=str(error))
            self._rest()

    def _is_over(self) -> bool:
        return self._stopped.is_set() or self.watch.failed

    def _listen(self) -> None:
        with closing(self._told()) as told:
            for reading in told:
                if self._is_over():
                    return
                if isinstance(reading, TamperSign):
                    self._take_sign(reading)
                else:
                    self._take(reading)
        if not self._is_over():
            raise SensorError("it ended by itself", "自行停止了")

    def _told(self) -> Generator[Reading | TamperSign, None, None]:
        """What the adapter yields; whatever else it may raise is its own defect, and no reason to die in silence."""
        try:
            yield from self.opened()
        except SensorError:
            raise
        except Exception as cause:
            raise SensorError(
                f"its driver failed: {type(cause).__name__}: {cause}", "驱动程序出错，详情见英文"
            ) from cause

    def _take_sign(self, sign: TamperSign) -> None:
        self.watch.read(sign.at_ms)
        if sign.moved:
            self.mailbox.tell(DeviceMoved(sign.at_ms))

    def _take(self, reading: Reading) -> None:
        now_ms, fault = self.clock(), self._doubts.fault_of(reading)
        if fault is None:
            self.watch.read(now_ms)
        else:
            self.watch.lied(fault, now_ms, (self.part, fault) in PEOPLES)
            self._restart_if_it_may_help(fault, now_ms)
        if fault is None or (self.part, fault) in PASSED_ON:
            self.mailbox.put(self.part, reading)

    def _restart_if_it_may_help(self, fault: Fault, now_ms: int) -> None:
        lied_ms = min(self._doubts.lied_ms(now_ms), now_ms - self._began_ms)
        if (self.part, fault) not in PEOPLES and lied_ms > 1000 * self.bounds.lies_for_s:
            raise SensorError(f"what it gives is {fault.value.replace('_', ' ')}", WRONG[fault].zh)

    def _rest(self) -> None:
        if self.clock() - self._began_ms > 1000 * self.bounds.settled_after_s:
            self._wait_s = self.bounds.first_wait_s
        if not self._is_over():
            self._stopped.wait(self._wait_s)
        self._wait_s = min(2 * self._wait_s, self.bounds.longest_wait_s)

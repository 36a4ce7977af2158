"""The live receiver, through gpsd's socket."""

import socket
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

from edge_agent.errors import SensorError
from edge_agent.readings import PositionReading
from edge_agent.sensors.gpsd_lines import lines_of, watched
from edge_agent.sensors.gpsd_reports import GpsdReports
from edge_agent.sensors.monotonic import Clock
from edge_agent.system_words import why_zh
from visit_record.bilingual import Words
from visit_record.vocabulary import Modality

PORT = 2947


@dataclass(frozen=True)
class Patience:
    """How long a receiver may keep silent. One without a fix goes on speaking, so silence is a fault."""

    reading_s: float = 30.0
    """From one reading to the next; beyond it the sensor has failed."""

    stall_s: float = 10.0
    """Without a reading, before the connection is given up and made anew."""

    retry_s: float = 1.0
    """Between attempts to connect anew."""

    tick_s: float = 0.5
    """The longest that the clock is not looked at."""


@dataclass(frozen=True)
class GpsdReceiver:
    """Implements ``Sensor[PositionReading]``; never ends of itself.

    A gpsd that restarts, stalls or talks nonsense for a while leaves a gap in the readings; one that is not there to
    begin with, or gives no reading for ``patience.reading_s``, is a sensor that has failed. Readings carry the time
    at which they were read; while nobody asks for the next one nothing is read.
    """

    host: str
    port: int
    clock: Clock
    patience: Patience = field(default_factory=Patience)
    pause: Callable[[float], None] = time.sleep

    @property
    def modality(self) -> Modality:
        """Position."""
        return Modality.POSITION

    def readings(self) -> Iterator[PositionReading]:
        """Yield a reading for each of gpsd's position reports, with a fix or without.

        Raises:
            SensorError: gpsd cannot be reached, or no receiver has spoken for too long.
        """
        connection: socket.socket | None = self._first_connection()
        heard = _Heard(self.clock())
        while True:
            if connection is not None:
                yield from self._session(connection, heard)
            if self._is_past(heard.last_ms, self.patience.reading_s):
                raise self._what_is_wrong(heard)
            self.pause(self.patience.retry_s)
            connection = self._another_connection()

    def _first_connection(self) -> socket.socket:
        try:
            return watched(self.host, self.port)
        except OSError as cause:
            raise SensorError(
                f"no gpsd at {self.host}:{self.port} ({cause.strerror or cause})",
                f"{self.host}:{self.port} 没有 gpsd：{why_zh(cause)}",
                Words("启动它：systemctl start gpsd", "start it: systemctl start gpsd"),
            ) from cause

    def _another_connection(self) -> socket.socket | None:
        try:
            return watched(self.host, self.port)
        except OSError:
            # It may be starting anew; readings() raises when that takes too long.
            return None

    def _session(self, connection: socket.socket, heard: "_Heard") -> Iterator[PositionReading]:
        reports, begun_ms = GpsdReports(), self.clock()
        lines = lines_of(
            connection,
            self.patience.tick_s,
            lambda: self._is_past(max(begun_ms, heard.last_ms), self.patience.stall_s),
        )
        try:
            for line in lines:
                reading = reports.hear(line, self.clock())
                if reading is not None:
                    yield reading
                    heard.last_ms = self.clock()
        except OSError as broken:
            heard.broken = broken.strerror or str(broken)
        heard.garbage += reports.garbage

    def _is_past(self, since_ms: int, limit_s: float) -> bool:
        return self.clock() - since_ms > 1000 * limit_s

    def _what_is_wrong(self, heard: "_Heard") -> SensorError:
        seen = "".join((f"; last error: {heard.broken}" if heard.broken else "", f"; {heard.garbage} lines unreadable"))
        return SensorError(
            f"gpsd at {self.host}:{self.port} gave no position report for {self.patience.reading_s:g} s{seen}",
            f"{self.host}:{self.port} 的 gpsd 在 {self.patience.reading_s:g} 秒内没有报告位置",
            Words(
                "插紧接收器，用 gpspipe -w 查看 gpsd",
                "push the receiver's plug home, and look at gpsd with gpspipe -w",
            ),
        )


@dataclass(slots=True)
class _Heard:
    """What a receiver was last heard to do."""

    last_ms: int
    broken: str = ""
    garbage: int = 0

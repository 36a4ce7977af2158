"""A receiver on a serial line of its own, in NMEA 0183; where gpsd runs, it is the better way."""

import os
import select
import termios
import tty
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace

from edge_agent.errors import SensorError
from edge_agent.readings import PositionReading
from edge_agent.sensors.gpsd_lines import READ_BYTES, Lines
from edge_agent.sensors.monotonic import Clock
from edge_agent.sensors.nmea import Tally, positions
from edge_agent.system_words import why_zh
from visit_record.bilingual import Words
from visit_record.vocabulary import Modality

# A receiver speaks once a second; without a fix it goes on speaking.
LONGEST_SILENCE_S = 10.0


@dataclass(frozen=True)
class SerialReceiver:
    """Implements ``Sensor[PositionReading]``; ends only by failing. ``device`` is a tty, as /dev/ttyACM0."""

    device: str
    baud: int
    clock: Clock
    longest_silence_s: float = LONGEST_SILENCE_S

    @property
    def modality(self) -> Modality:
        """Position."""
        return Modality.POSITION

    def readings(self) -> Iterator[PositionReading]:
        """Yield one reading an epoch, at the time at which it was whole.

        Raises:
            SensorError: the line cannot be opened or is no tty, or nothing that can be read comes from it.
        """
        tally = Tally()
        with _opened(self.device, self.baud) as line:
            for reading in positions(self._lines(line, tally), tally):
                yield replace(reading, at_ms=self.clock())
        raise SensorError(
            f"the receiver at {self.device} is gone",
            f"接收器 {self.device} 已断开",
            Words("检查接线", "check its cable"),
        )

    def _lines(self, line: int, tally: Tally) -> Iterator[str]:
        cutter, sensible_ms, sentences = Lines(), self.clock(), 0
        for heard in self._heard(line):
            yield from (one.decode("latin-1") for one in cutter.cut(heard))
            if tally.sentences > sentences:
                sensible_ms, sentences = self.clock(), tally.sentences
            elif self.clock() - sensible_ms > 1000 * self.longest_silence_s:
                raise SensorError(
                    f"what {self.device} says is no NMEA",
                    f"{self.device} 送出的不是 NMEA",
                    Words("核对 [position] baud", "set [position] baud to the receiver's own"),
                )

    def _heard(self, line: int) -> Iterator[bytes]:
        while True:
            if not select.select([line], [], [], self.longest_silence_s)[0]:
                raise SensorError(
                    f"the receiver at {self.device} says nothing",
                    f"接收器 {self.device} 没有送出任何内容",
                    Words("检查接线和 [position] baud", "check its cable and its speed"),
                )
            try:
                heard = os.read(line, READ_BYTES)
            except OSError:
                # The other end is gone: a USB receiver that was pulled out.
                return
            if not heard:
                return
            yield heard


@contextmanager
def _opened(device: str, baud: int) -> Iterator[int]:
    speed = getattr(termios, f"B{baud}", None)
    if speed is None:
        raise SensorError(
            f"a serial line has no speed of {baud}",
            f"串口没有 {baud} 这个速率",
            Words("[position] baud 应为 9600 或 115200 等", "set [position] baud, as 9600 or 115200"),
        )
    try:
        line = os.open(device, os.O_RDONLY | os.O_NOCTTY | os.O_NONBLOCK)
    except OSError as cause:
        raise SensorError(
            f"no receiver at {device} ({cause.strerror})", f"接收器 {device}：{why_zh(cause)}", _WHICH
        ) from cause
    try:
        _set_up(line, speed)
        yield line
    except termios.error as cause:
        raise SensorError(f"{device} is no serial line", f"{device} 不是串口", _WHICH) from cause
    finally:
        os.close(line)


def _set_up(line: int, speed: int) -> None:
    tty.setraw(line)
    attributes = termios.tcgetattr(line)
    attributes[4] = attributes[5] = speed
    termios.tcsetattr(line, termios.TCSANOW, attributes)


_WHICH = Words("核对 [position] serial", "check [position] serial")

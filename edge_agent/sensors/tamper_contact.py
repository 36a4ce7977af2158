"""A tilt switch or a case contact on a GPIO line, by the kernel's own interface (gpiod)."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from edge_agent.errors import SensorError
from edge_agent.readings import TamperSign
from edge_agent.sensors.monotonic import Clock
from edge_agent.system_words import why_zh
from visit_record.bilingual import Words

HEARTBEAT_S = 2.0
# A contact bounces, and a lorry in the street shakes the shelf.
DEBOUNCE_MS = 50


def request_contact(chip: str, line: int) -> Any:  # noqa: ANN401 - gpiod is optional, and untyped here
    """Watch both edges of a line, pulled up; closed to ground is 1.

    Raises:
        SensorError: gpiod, the chip or the line is not there, or somebody else has it.
    """
    from datetime import timedelta

    try:
        import gpiod
        from gpiod.line import Bias, Edge
    except ImportError as cause:
        raise SensorError(
            "gpiod is not there",
            "没有安装 gpiod",
            Words("安装附加组 edge：pip install '.[edge]'", "install the edge extra: pip install '.[edge]'"),
        ) from cause
    watched = gpiod.LineSettings(
        edge_detection=Edge.BOTH,
        bias=Bias.PULL_UP,
        active_low=True,
        debounce_period=timedelta(milliseconds=DEBOUNCE_MS),
    )
    try:
        return gpiod.request_lines(chip, {line: watched}, consumer="carewitness")
    except (OSError, ValueError) as cause:
        why = why_zh(cause) if isinstance(cause, OSError) else "没有这条线"
        raise SensorError(
            f"line {line} of {chip} cannot be watched ({cause})",
            f"{chip} 的 {line} 号线用不了：{why}",
            Words("用 gpioinfo 查看", "look with gpioinfo"),
        ) from cause


@dataclass(frozen=True)
class ContactGuard:
    """Implements ``TamperGuard``: each opening or closing of the contact is a move.

    ``opened`` gives a request of gpiod's for one line.
    """

    opened: Callable[[], Any]
    clock: Clock

    def signs(self) -> Iterator[TamperSign]:
        """Yield every two seconds, and each move at once.

        Raises:
            SensorError: as :func:`request_contact`, or the chip is gone.
        """
        request = self.opened()
        try:
            while True:
                moved = request.wait_edge_events(HEARTBEAT_S)
                if moved:
                    request.read_edge_events()
                yield TamperSign(self.clock(), moved)
        except OSError as cause:
            raise SensorError(f"the contact cannot be read any more ({cause})", "触点已读不出") from cause
        finally:
            request.release()

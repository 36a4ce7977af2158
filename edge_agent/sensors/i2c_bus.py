"""The I2C bus as Adafruit's drivers want it, over Linux's own: Blinka without Blinka, see docs/decisions/0028."""

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from types import ModuleType
from typing import Any, Protocol

from edge_agent.errors import SensorError
from edge_agent.sensors.monotonic import Clock
from edge_agent.system_words import why_zh
from visit_record.bilingual import Words


class Bus(Protocol):
    """Transfers of bytes. Each raises ``OSError`` where the chip does not answer."""

    def write(self, address: int, content: bytes) -> None:
        """Write to a chip."""
        ...

    def read(self, address: int, count: int) -> bytes:
        """Read from a chip."""
        ...

    def write_read(self, address: int, content: bytes, count: int) -> bytes:
        """Write to a chip, and read its answer before anybody else may use the bus."""
        ...

    def close(self) -> None:
        """Let go of the bus."""
        ...


class LinuxBus:
    """``/dev/i2c-N``."""

    def __init__(self, number: int) -> None:
        """Open it.

        Raises:
            SensorError: there is none of that number, or it may not be used.
        """
        from smbus2 import SMBus

        try:
            self._bus = SMBus(number)
        except OSError as cause:
            raise SensorError(
                f"no I2C bus {number} ({cause.strerror or cause})",
                f"没有 I2C 总线 {number}：{why_zh(cause)}",
                Words("打开 I2C，让运行的用户加入 i2c 组", "switch I2C on, and let this user into group i2c"),
            ) from cause

    def write(self, address: int, content: bytes) -> None:
        """Write to a chip."""
        from smbus2 import i2c_msg

        self._bus.i2c_rdwr(i2c_msg.write(address, content))

    def read(self, address: int, count: int) -> bytes:
        """Read from a chip."""
        from smbus2 import i2c_msg

        answer = i2c_msg.read(address, count)
        self._bus.i2c_rdwr(answer)
        return bytes(answer)

    def write_read(self, address: int, content: bytes, count: int) -> bytes:
        """Write to a chip and read its answer in one transfer."""
        from smbus2 import i2c_msg

        answer = i2c_msg.read(address, count)
        self._bus.i2c_rdwr(i2c_msg.write(address, content), answer)
        return bytes(answer)

    def close(self) -> None:
        """Let go of the bus."""
        self._bus.close()


class DriverBus:
    """What the drivers use of CircuitPython's ``busio.I2C``, and an end to their patience.

    The driver of the MLX90640 asks for ever whether a frame is ready: once :meth:`allow` has run out, each transfer
    raises ``TimeoutError``.
    """

    def __init__(self, bus: Bus, clock: Clock) -> None:
        self._bus, self._clock = bus, clock
        self._until_ms: int | None = None

    def allow(self, seconds: float) -> None:
        """Give the driver so much time from now."""
        self._until_ms = self._clock() + round(1000 * seconds)

    def try_lock(self) -> bool:
        """One thread uses it."""
        return True

    def unlock(self) -> None:
        """One thread uses it."""

    def writeto(self, address: int, buffer: bytes, *, start: int = 0, end: int | None = None) -> None:
        """Write a slice of a buffer."""
        self._check_time()
        self._bus.write(address, bytes(buffer[start:end]))

    def readfrom_into(self, address: int, buffer: bytearray, *, start: int = 0, end: int | None = None) -> None:
        """Read into a slice of a buffer."""
        self._check_time()
        end = len(buffer) if end is None else end
        buffer[start:end] = self._bus.read(address, end - start)

    def writeto_then_readfrom(  # noqa: PLR0913 - as the drivers call it
        self,
        address: int,
        out_buffer: bytes,
        in_buffer: bytearray,
        *,
        out_start: int = 0,
        out_end: int | None = None,
        in_start: int = 0,
        in_end: int | None = None,
    ) -> None:
        """Write a slice of a buffer, and read into a slice of another, which may be the same."""
        self._check_time()
        end = len(in_buffer) if in_end is None else in_end
        in_buffer[in_start:end] = self._bus.write_read(address, bytes(out_buffer[out_start:out_end]), end - in_start)

    def _check_time(self) -> None:
        if self._until_ms is not None and self._clock() > self._until_ms:
            raise TimeoutError("it does not get ready")


@contextmanager
def names_of_blinka() -> Iterator[None]:
    """Let the drivers be imported: they name types of Blinka, which is for boards, and use one function of it."""
    wanted: dict[str, dict[str, Any]] = {
        "busio": {"I2C": object},
        "micropython": {"const": lambda value: value},
        "circuitpython_typing": {"ReadableBuffer": object, "WriteableBuffer": object},
        "circuitpython_typing.device_drivers": {"I2CDeviceDriver": object},
    }
    lent = [name for name in wanted if name not in sys.modules]
    for name in lent:
        sys.modules[name] = _module(name, wanted[name])
    try:
        yield
    finally:
        for name in lent:
            del sys.modules[name]


def _module(name: str, held: dict[str, Any]) -> ModuleType:
    module = ModuleType(name)
    vars(module).update(held)
    return module

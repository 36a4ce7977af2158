"""Thermal arrays as their registers look from the bus: nothing of a driver is replaced, only the wire.

The MLX90640's calibration words are those of the worked example in Melexis' data sheet (chapter 11.2.2), where only one
cell's own word is printed: all cells have that one here, so that offsets differ by row and column alone. Pictures are
synthetic: :func:`raw_words` finds the words that the driver reads as a given temperature.
"""

import struct
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

# From 0x2410 on: what the data sheet's example chip has for all its cells.
EXAMPLE_CALIBRATION = (
    *(0x4210, 0xFFBB, 0x0202, 0xF202, 0xF2F2, 0xE2E2, 0xD1E1, 0xB1D1, 0xF10F, 0xF00F, 0xE0EF, 0xE0EF),
    *(0xE1E1, 0xF3F2, 0xF404, 0xE504, 0x79A6, 0x2F44, 0xFFDD, 0x2210, 0x3333, 0x2233, 0xEF01, 0x9ACC),
    *(0xEEDC, 0x10FF, 0x2221, 0x3333, 0x2333, 0x0112, 0xEEFF, 0xBBDD, 0x18EF, 0x2FF1, 0x5952, 0x9D68),
    *(0x5454, 0x0994, 0x6956, 0x5354, 0x2363, 0xE446, 0xFBB5, 0x044B, 0xF020, 0x9797, 0x9797, 0x2889),
)
EXAMPLE_CELL = 0x08A0
# What the example chip measured beside its cells: ambient, compensation cells, gain and supply.
EXAMPLE_MEASURED = {0x700: 0x4BF2, 0x708: 0xFFCA, 0x70A: 0x1881, 0x720: 0x06AF, 0x728: 0xFFC8, 0x72A: 0xCCC5}
EXAMPLE_CONTROL = 0x1901
# Row 12, column 16, counted from 1.
EXAMPLE_PLACE, EXAMPLE_RAW = 11 * 32 + 15, 0x0261
CELLS = 768
# Below, some cells would be colder than anything is.
COLDEST_RAW, HOTTEST_RAW = -250, 600
# The driver reads the register back after it wrote it, and once more after it read the half.
READS_UNTIL_NEXT = 2
ADDRESS_MLX, ADDRESS_AMG = 0x33, 0x69


class FakeMlx90640:
    """Implements ``Bus``. ``raw`` are the cells' words; each half is ready as soon as it is asked for, or never."""

    def __init__(self, raw: Sequence[int] = (EXAMPLE_RAW,) * CELLS, broken: Sequence[int] = ()) -> None:
        self.words: dict[int, int] = {0x8000: 0, 0x800D: EXAMPLE_CONTROL}
        self.words |= {0x2400 + place: 0 for place in range(16)}
        self.words |= {0x2410 + place: word for place, word in enumerate(EXAMPLE_CALIBRATION)}
        self.words |= {0x2440 + cell: 0 if cell in broken else EXAMPLE_CELL for cell in range(CELLS)}
        self.words |= {0x400 + place: 0 for place in range(832)} | EXAMPLE_MEASURED
        self.show(raw)
        self.is_ready, self.closed = True, False
        self._half, self._is_new, self._busy_for = 1, False, 0
        self.faults: list[OSError] = []

    def show(self, raw: Sequence[int]) -> None:
        """What its cells measure from now on."""
        self.words |= {0x400 + cell: word & 0xFFFF for cell, word in enumerate(raw)}

    def write(self, address: int, content: bytes) -> None:
        self._answer(address)
        if content:
            place, word = struct.unpack(">HH", content)
            self.words[place] = word
            if place == 0x8000:
                self._is_new, self._busy_for = False, READS_UNTIL_NEXT

    def read(self, address: int, count: int) -> bytes:
        self._answer(address)
        return bytes(count)

    def write_read(self, address: int, content: bytes, count: int) -> bytes:
        self._answer(address)
        (place,) = struct.unpack(">H", content)
        if place == 0x8000:
            return struct.pack(">H", self._status())
        return struct.pack(f">{count // 2}H", *(self.words[place + step] for step in range(count // 2)))

    def close(self) -> None:
        self.closed = True

    def _status(self) -> int:
        """Bit 3 says that a half is ready, bit 0 which; once taken, the other one is under way."""
        self._busy_for -= 1
        if self._busy_for < 0 and self.is_ready and not self._is_new:
            self._half, self._is_new = 1 - self._half, True
        return (0x0008 if self._is_new else 0) | self._half

    def _answer(self, address: int) -> None:
        if self.faults:
            raise self.faults.pop(0)
        if address != ADDRESS_MLX:
            raise OSError(121, "Remote I/O error")


class FakeAmg8833:
    """Implements ``Bus``: a byte a register, two a cell from 0x80, in quarters of a degree."""

    def __init__(self, celsius: NDArray[np.float32]) -> None:
        self.registers = bytearray(256)
        self.closed = False
        self.show(celsius)

    def show(self, celsius: NDArray[np.float32]) -> None:
        """What its cells measure from now on: twelve bits, the uppermost for below zero."""
        quarters = np.round(celsius.reshape(-1) * 4).astype(int) & 0xFFF
        self.registers[0x80:] = struct.pack("<64H", *quarters)

    def write(self, address: int, content: bytes) -> None:
        self._answer(address)
        if content:
            self.registers[content[0] : content[0] + len(content) - 1] = content[1:]

    def read(self, address: int, count: int) -> bytes:
        self._answer(address)
        return bytes(count)

    def write_read(self, address: int, content: bytes, count: int) -> bytes:
        self._answer(address)
        return bytes(self.registers[content[0] : content[0] + count])

    def close(self) -> None:
        self.closed = True

    def _answer(self, address: int) -> None:
        if address != ADDRESS_AMG:
            raise OSError(121, "Remote I/O error")


def example_frame(half: int, raw: Sequence[int]) -> list[int]:
    """What the driver's own reading of the memory gives: 832 words, the control register, and which half."""
    measured: Mapping[int, int] = EXAMPLE_MEASURED
    beside = [measured.get(0x400 + place, 0) for place in range(CELLS, 832)]
    return [*(word & 0xFFFF for word in raw), *beside, EXAMPLE_CONTROL, half]


def raw_words(driver: Any, celsius: NDArray[np.float32]) -> list[int]:  # noqa: ANN401 - the driver is untyped
    """Words of the cells that the driver takes for these temperatures, by halving: warmer is more."""
    wanted = celsius.reshape(-1)
    low, high = np.full(CELLS, COLDEST_RAW), np.full(CELLS, HOTTEST_RAW)
    for _ in range(10):
        middle = (low + high) // 2
        read = _read_as(driver, [int(word) for word in middle])
        low, high = np.where(read < wanted, middle, low), np.where(read < wanted, high, middle)
    return [int(word) for word in high]


def _read_as(driver: Any, raw: Sequence[int]) -> NDArray[np.float64]:  # noqa: ANN401
    cells = [0.0] * CELLS
    reckon: Callable[..., None] = driver._CalculateTo
    for half in range(2):
        frame = example_frame(half, raw)
        reckon(frame, 0.95, driver._GetTa(frame) - 8, cells)
    return np.array(cells)

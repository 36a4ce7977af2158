"""What no working sensor gives is doubted, and what a real room gives is not."""

from collections.abc import Callable

import numpy as np
import pytest

from edge_agent.readings import SAMPLE_RATE_HZ, CameraFrame, PositionReading, Reading, SoundBlock, ThermalFrame
from edge_agent.supervision.doubts import Doubts
from visit_record.fitted import Fault, Part
from visit_record.vocabulary import FixType

RNG = np.random.default_rng(6)
PICTURE = RNG.integers(0, 255, (48, 64, 3), np.uint8)
HEAT = RNG.normal(22, 0.3, (8, 8)).astype(np.float32)

Make = Callable[[int], Reading]


def noisy_picture(at_ms: int) -> Reading:
    return CameraFrame(at_ms, PICTURE + RNG.integers(0, 2, PICTURE.shape, np.uint8))


def sound(scale: float) -> Make:
    return lambda at_ms: SoundBlock(at_ms, RNG.normal(0, scale, SAMPLE_RATE_HZ // 2).clip(-1, 1).astype(np.float32))


def one_dead_cell(at_ms: int) -> Reading:
    cells = RNG.normal(22, 0.3, (8, 8)).astype(np.float32)
    cells[3, 3] = np.nan
    return ThermalFrame(at_ms, cells)


def with_nan(at_ms: int) -> Reading:
    samples = np.full(8000, 0.1, np.float32)
    samples[17] = np.nan
    return SoundBlock(at_ms, samples)


TRUE: dict[str, tuple[Part, Make]] = {
    "a still room, with the camera's noise": (Part.CAMERA, noisy_picture),
    "a quiet room": (Part.MICROPHONE, sound(3e-5)),
    "loud speech": (Part.MICROPHONE, sound(0.3)),
    "an array with one dead cell": (Part.THERMAL_ARRAY, one_dead_cell),
    "a receiver without satellites": (Part.RECEIVER, lambda at: PositionReading(at, FixType.NONE)),
}
LIES: dict[str, tuple[Part, Make, Fault, int]] = {
    "a covered lens": (Part.CAMERA, lambda at: CameraFrame(at, np.zeros_like(PICTURE)), Fault.BLACK, 2_000),
    "a frozen picture": (Part.CAMERA, lambda at: CameraFrame(at, PICTURE), Fault.FROZEN, 15_500),
    "a muted microphone": (
        Part.MICROPHONE,
        lambda at: SoundBlock(at, np.zeros(8000, np.float32)),
        Fault.ALL_ZERO,
        5_000,
    ),
    "sound that is no number": (Part.MICROPHONE, with_nan, Fault.NOT_A_NUMBER, 0),
    "a gain turned up": (Part.MICROPHONE, sound(3.0), Fault.CLIPPED, 10_000),
    "an array without power": (
        Part.THERMAL_ARRAY,
        lambda at: ThermalFrame(at, np.zeros((8, 8), np.float32)),
        Fault.ALL_ZERO,
        0,
    ),
    "an array of dead cells": (
        Part.THERMAL_ARRAY,
        lambda at: ThermalFrame(at, np.full((8, 8), np.nan, np.float32)),
        Fault.NOT_A_NUMBER,
        0,
    ),
    "an array that stands still": (Part.THERMAL_ARRAY, lambda at: ThermalFrame(at, HEAT), Fault.FROZEN, 60_500),
}


@pytest.mark.parametrize("case", TRUE)
def test_what_a_room_gives_is_believed(case: str) -> None:
    part, make = TRUE[case]
    doubts = Doubts(part)
    assert {doubts.fault_of(make(at)) for at in range(0, 120_000, 500)} == {None}


@pytest.mark.parametrize("case", LIES)
def test_what_no_room_gives_is_called_by_its_name_after_its_time(case: str) -> None:
    part, make, fault, after_ms = LIES[case]
    doubts = Doubts(part)
    found = {at: doubts.fault_of(make(at)) for at in range(0, after_ms + 5_000, 500)}
    assert next(at for at, one in found.items() if one) == after_ms
    assert set(found.values()) - {None} == {fault}


def test_what_is_mended_is_believed_at_once() -> None:
    doubts = Doubts(Part.CAMERA)
    assert [doubts.fault_of(CameraFrame(at, PICTURE)) for at in (0, 500, 16_000)] == [None, None, Fault.FROZEN]
    assert doubts.fault_of(noisy_picture(16_500)) is None
    assert doubts.fault_of(CameraFrame(17_000, PICTURE)) is None

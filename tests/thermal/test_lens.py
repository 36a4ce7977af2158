from itertools import islice
from pathlib import Path

import numpy as np
import pytest

from edge_agent.perception.lens import JUDGED_AFTER_MS, LensWatch, Sight, structure_k
from edge_agent.perception.model_store import ModelStore
from edge_agent.perception.occupancy import OccupancyPerceiver
from edge_agent.readings import ThermalFrame
from models.occupancy.omron import recordings
from sim.thermal import covered_frames
from tests.thermal.staging import HOMES, array

SIZES = [(8, 8), (12, 16), (24, 32), (32, 32)]


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("seed", [1, 2, 3])
def test_covered_lens_with_living_cells_is_blind_after_two_minutes(size: tuple[int, int], seed: int) -> None:
    lens = LensWatch()
    told = [lens.add(frame.celsius, frame.at_ms) for frame in covered_frames(seed, size, frames=200)]
    assert set(told[: JUDGED_AFTER_MS // 1000]) == {Sight.UNSURE}
    assert set(told[JUDGED_AFTER_MS // 1000 :]) == {Sight.COVERED}


@pytest.mark.parametrize("seed", [501, 7_101, 7_102, 7_103])
@pytest.mark.parametrize("size", [(4, 4), (8, 8), (24, 32)])
def test_empty_room_is_not_a_covered_lens(seed: int, size: tuple[int, int]) -> None:
    lens, sensor = LensWatch(), array(seed, size=size)
    told = [lens.add(frame.celsius, frame.at_ms) for frame in islice(sensor.readings(), 400)]
    assert Sight.COVERED not in told
    assert told[-1] is Sight.SEES


def test_one_frame_says_nothing_of_the_lens(models: ModelStore) -> None:
    told = OccupancyPerceiver(models).perceive(next(covered_frames(1)))
    assert (told.blind, told.people) == (False, 0)


def test_covered_lens_says_nothing_of_people_and_sees_again_once_free(models: ModelStore) -> None:
    perceiver = OccupancyPerceiver(models)
    covered = [perceiver.perceive(frame) for frame in covered_frames(2, frames=180)]
    assert (covered[-1].blind, covered[-1].people) == (True, None)
    room = list(islice(array(HOMES[0]).readings(), 130))
    freed = [perceiver.perceive(ThermalFrame(180_000 + f.at_ms, f.celsius)) for f in room]
    assert not freed[-1].blind
    assert not any(one.blind for one in freed)


def test_after_a_gap_the_lens_is_unsure_again() -> None:
    lens = LensWatch()
    frames = list(covered_frames(3, frames=180))
    assert [lens.add(frame.celsius, frame.at_ms) for frame in frames][-1] is Sight.COVERED
    assert lens.add(frames[0].celsius, 10**6) is Sight.UNSURE
    assert lens.add(frames[0].celsius[:8, :8], 10**6 + 1000) is Sight.UNSURE


def test_slope_is_no_structure_and_a_warm_corner_is() -> None:
    slope = np.add.outer(np.linspace(20, 24, 24), np.linspace(-3, 1, 32)).astype(np.float32)
    assert structure_k(slope) == pytest.approx(0, abs=1e-4)
    slope[:6, :8] += 1
    assert structure_k(slope) > 0.1


@pytest.mark.realdata
def test_real_rooms_are_never_called_a_covered_lens(realdata: Path) -> None:
    for recording in recordings(realdata):
        lens = LensWatch()
        told = {lens.add(cells, index * 1000) for index, cells in enumerate(recording.celsius)}
        assert Sight.COVERED not in told, recording.name

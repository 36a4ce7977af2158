import time
from dataclasses import replace
from itertools import islice

import numpy as np
import pytest

from edge_agent.perception.thermal_image import bed_mask
from sim.script import Person, Spot, Stay
from sim.thermal import HotSpot, SimulatedThermalArray, ThermalHome, occupancy_truth
from tests.thermal.staging import LIES_IN_BED, WORKS_AT_BEDSIDE, array, visit


def test_same_script_and_home_give_the_same_frames() -> None:
    one, other = (list(islice(array(5, LIES_IN_BED).readings(), 20)) for _ in range(2))
    assert all(np.array_equal(a.celsius, b.celsius) for a, b in zip(one, other, strict=True))


def test_other_seed_is_another_home() -> None:
    assert ThermalHome.seeded(1) != ThermalHome.seeded(2)


@pytest.mark.parametrize("size", [(4, 4), (8, 8), (24, 32), (32, 32)])
def test_frames_have_the_size_asked_for_and_room_temperatures(size: tuple[int, int]) -> None:
    script, home = visit(3, LIES_IN_BED), ThermalHome.seeded(3)
    frame = next(SimulatedThermalArray(script, home, rows=size[0], columns=size[1]).readings())
    assert frame.celsius.shape == size
    assert frame.celsius.dtype == np.float32
    assert 15 < frame.celsius.min() < frame.celsius.max() < 40


def test_an_hour_is_rendered_in_seconds() -> None:
    began = time.process_time()
    frames = sum(1 for _ in array(4, LIES_IN_BED, WORKS_AT_BEDSIDE).readings())
    assert frames == 3600
    assert time.process_time() - began < 6  # the aim is 2 s on an idle core; three times that on a busy one


def test_times_follow_rate_and_start() -> None:
    sensor = SimulatedThermalArray(visit(1, LIES_IN_BED), ThermalHome.seeded(1), rate_hz=4, starts_at_ms=9_000)
    assert [frame.at_ms for frame in islice(sensor.readings(), 3)] == [9_000, 9_250, 9_500]


def bed_rise_k(sensor: SimulatedThermalArray, at_s: int) -> float:
    frame = next(islice(sensor.readings(), at_s, None)).celsius
    bed = bed_mask(sensor.home.bed, *frame.shape) > 0.99
    return float(frame[bed].mean() - np.median(frame[~bed]))


def test_bed_stays_warm_when_left_and_cools_within_the_visit() -> None:
    leaves = array(6, Stay(0, 600, Person.RECIPIENT, Spot.BED))
    leaves = replace(leaves, home=replace(leaves.home, furniture=()))
    lain, just_left, long_left = (bed_rise_k(leaves, at_s) for at_s in (590, 620, 3000))
    assert lain > just_left > long_left
    assert just_left > 0.2
    assert abs(long_left) < 0.1


def test_moving_people_move_and_resting_ones_hardly() -> None:
    def roaming(*stays: Stay) -> float:
        frames = np.stack([frame.celsius for frame in islice(array(7, *stays).readings(), 60)])
        return float(frames.std(axis=0).max())

    rests = Stay(0, 3600, Person.CAREGIVER, Spot.SOFA)
    works = Stay(0, 3600, Person.CAREGIVER, Spot.SOFA, moving=True)
    assert roaming(works) > 3 * roaming(rests)


def test_heater_is_hot_where_it_stands() -> None:
    plain, heated = (next(array(8, decoys=decoys).readings()).celsius for decoys in ((), (HotSpot((1.5, 2.0)),)))
    row, column = np.unravel_index(int((heated - plain).argmax()), heated.shape)
    assert int(row) in (11, 12)
    assert int(column) in (15, 16)


def test_truth_tells_who_is_where() -> None:
    script = visit(1, LIES_IN_BED, Stay(100, 200, Person.CAREGIVER, Spot.BEDSIDE))
    before, during = (occupancy_truth(script, at_s) for at_s in (50, 150))
    assert (before.people, before.bed_occupied, before.caregiver_at_bedside, before.two_close) == (
        1,
        True,
        False,
        False,
    )
    assert (during.people, during.bed_occupied, during.caregiver_at_bedside, during.two_close) == (2, True, True, True)

from itertools import chain, islice

import numpy as np
import pytest
from numpy.typing import NDArray

from edge_agent.perception.bed import BedArea
from edge_agent.perception.model_store import ModelStore
from edge_agent.perception.occupancy import FROZEN_FRAMES, OccupancyPerceiver
from edge_agent.perception.thermal_image import bed_mask, legible, model_image, room_temperature_c
from edge_agent.readings import ThermalFrame
from sim.script import Person, Spot, Stay
from sim.thermal import Decoy, HotSpot, Kettle, Pet, SunPatch
from sim.thermal.bodies import Grid
from tests.thermal.staging import HOMES, LIES_IN_BED, WORKS_AT_BEDSIDE, array, seen, share

SIZE = (24, 32)
ROOM = 22.0 + np.random.default_rng(0).normal(0, 0.15, SIZE).astype(np.float32)


def with_cells(value: float, count: int) -> NDArray[np.float32]:
    cells = ROOM.copy()
    cells.flat[:count] = value
    return cells


UNSEEING = {
    "all cells unread": np.full(SIZE, np.nan, np.float32),
    "all zero": np.zeros(SIZE, np.float32),
    "every cell the same": np.full(SIZE, 23.5, np.float32),
    "registers never written": np.full(SIZE, -273.15, np.float32),
    "bus full of ones": np.full(SIZE, 6553.5, np.float32),
    "kelvin, not celsius": ROOM + np.float32(273.15),
    "infinite": np.full(SIZE, np.inf, np.float32),
    "a third of the cells unread": with_cells(np.nan, SIZE[0] * SIZE[1] // 3),
    "half of the cells nonsense": with_cells(1e9, SIZE[0] * SIZE[1] // 2),
}


@pytest.mark.parametrize("cells", UNSEEING.values(), ids=UNSEEING.keys())
def test_array_that_sees_nothing_is_blind_and_says_nothing_of_people(
    models: ModelStore, cells: NDArray[np.float32]
) -> None:
    told = OccupancyPerceiver(models, BedArea(0, 0, 0.5, 0.5)).perceive(ThermalFrame(7, cells))
    assert told.blind
    assert (told.people, told.bed_occupied, told.caregiver_at_bedside, told.two_close, told.posture) == (None,) * 5


@pytest.mark.parametrize("home", HOMES)
def test_empty_room_is_nobody_and_not_blind(models: ModelStore, home: int) -> None:
    told = seen(models, array(home))
    assert not any(one.blind for one in told)
    assert share(one.people == 0 and one.bed_occupied is False for one in told) >= 0.95


def test_frozen_array_goes_blind_and_comes_back(models: ModelStore) -> None:
    perceiver = OccupancyPerceiver(models)
    told = [perceiver.perceive(ThermalFrame(i, ROOM)).blind for i in range(FROZEN_FRAMES + 2)]
    assert told == [False] * FROZEN_FRAMES + [True, True]
    assert not perceiver.perceive(ThermalFrame(99, ROOM + np.float32(0.01))).blind


def test_few_unread_cells_are_filled_from_their_neighbours() -> None:
    cells = ROOM.copy()
    cells[10:12, 10:13] = np.nan
    filled = legible(cells)
    assert filled is not None
    assert np.allclose(filled[10:12, 10:13], 22, atol=0.5)
    assert np.array_equal(filled[:10], ROOM[:10])


@pytest.mark.parametrize("home", HOMES)
def test_somebody_lying_is_not_an_empty_bed(models: ModelStore, home: int) -> None:
    told = seen(models, array(home, LIES_IN_BED))
    assert share(one.bed_occupied for one in told) >= 0.95
    assert share(one.posture == "lying" for one in told) >= 0.95
    assert share(one.people == 1 for one in told) >= 0.9


@pytest.mark.parametrize("home", HOMES)
def test_empty_bed_with_somebody_on_the_sofa_is_an_empty_bed(models: ModelStore, home: int) -> None:
    told = seen(models, array(home, Stay(0, 3600, Person.CAREGIVER, Spot.SOFA)))
    assert share(one.bed_occupied for one in told) <= 0.05
    assert share(one.posture == "upright" for one in told) >= 0.95


@pytest.mark.parametrize("home", HOMES)
def test_care_at_the_bedside_is_two_people_close_together(models: ModelStore, home: int) -> None:
    told = seen(models, array(home, LIES_IN_BED, WORKS_AT_BEDSIDE))
    assert share(one.people == 2 for one in told) >= 0.9
    assert share(one.caregiver_at_bedside for one in told) >= 0.9
    assert share(one.two_close for one in told) >= 0.8


@pytest.mark.parametrize("home", HOMES)
def test_caregiver_idle_on_the_sofa_is_not_at_the_bedside(models: ModelStore, home: int) -> None:
    told = seen(models, array(home, LIES_IN_BED, Stay(0, 3600, Person.CAREGIVER, Spot.SOFA)))
    assert share(one.people == 2 for one in told) >= 0.9
    assert share(one.caregiver_at_bedside for one in told) <= 0.05


WARM_THINGS: dict[str, Decoy] = {
    "heater": HotSpot((2.7, 2.0)),
    "kettle on the boil": Kettle((2.7, 2.0), boils_at_s=30),
    "kettle left to cool": Kettle((2.7, 2.0), boils_at_s=-1500),
    "sun": SunPatch((2.6, 3.3), (0.3, 0.3)),
    "cat": Pet((2.2, 2.0)),
}


@pytest.mark.parametrize("decoy", WARM_THINGS.values(), ids=WARM_THINGS.keys())
@pytest.mark.parametrize("home", HOMES)
def test_warm_things_are_not_people(models: ModelStore, home: int, decoy: Decoy) -> None:
    told = seen(models, array(home, decoys=(decoy,)))
    assert share(one.people == 0 for one in told) >= 0.9


@pytest.mark.parametrize("home", HOMES)
def test_sun_is_learnt_to_be_the_room_and_who_sits_there_is_not(models: ModelStore, home: int) -> None:
    sits = Stay(0, 3600, Person.RECIPIENT, Spot.SOFA)
    sensor = array(home, sits, decoys=(SunPatch((1.5, 2.0), (0.15, 0.4)),))
    told = seen(models, sensor, frames=480)[360:]
    assert share(one.people == 1 for one in told) >= 0.95


def test_frames_of_two_rooms_in_turn_are_judged_as_each_by_itself(models: ModelStore) -> None:
    rooms = [islice(array(home, *stays).readings(), 40) for home, stays in ((501, (LIES_IN_BED,)), (502, ()))]
    mixed = [ThermalFrame(at * 1000, f.celsius) for at, f in enumerate(chain.from_iterable(zip(*rooms, strict=True)))]
    shuffled, alone = OccupancyPerceiver(models), OccupancyPerceiver(models)
    for frame in mixed:
        alone.forget()
        assert shuffled.perceive(frame) == alone.perceive(frame)


def test_kettle_cools_and_is_hottest_when_it_boils() -> None:
    grid = Grid((3.0, 4.0))
    put_on, boils, cooled = (Kettle((1.5, 2.0)).rise_k(grid, at_s).max() for at_s in (120, 300, 6000))
    assert put_on < 1e-6
    assert boils > 30
    assert 0.5 < cooled < 10


def test_warm_bedding_left_behind_is_not_somebody_in_bed(models: ModelStore) -> None:
    left = array(HOMES[0], Stay(0, 300, Person.RECIPIENT, Spot.BED))
    told = seen(models, left, frames=420)[310:]
    assert share(one.bed_occupied for one in told) <= 0.1


def test_without_a_bed_nothing_is_said_of_it(models: ModelStore) -> None:
    perceiver = OccupancyPerceiver(models)
    told = perceiver.perceive(next(array(HOMES[0], LIES_IN_BED, WORKS_AT_BEDSIDE).readings()))
    assert told.people is not None
    assert told.bed_occupied is None
    assert told.caregiver_at_bedside is None


@pytest.mark.parametrize("size", [(4, 4), (8, 8), (12, 16), (24, 32), (32, 24), (32, 32)])
def test_any_size_of_array_is_read(models: ModelStore, size: tuple[int, int]) -> None:
    cells = 22 + np.random.default_rng(1).normal(0, 0.1, size).astype(np.float32)
    told = OccupancyPerceiver(models, BedArea(0, 0, 0.4, 0.6)).perceive(ThermalFrame(0, cells))
    assert not told.blind
    assert told.people == 0


@pytest.mark.parametrize("size", [(3, 4), (33, 32), (24,), (1, 24, 32)])
def test_frames_that_no_known_array_gives_are_refused(size: tuple[int, ...]) -> None:
    with pytest.raises(ValueError, match="4x4"):
        legible(np.full(size, 22, np.float32))


def test_resizing_keeps_an_even_slope() -> None:
    slope = np.add.outer(np.arange(8), np.arange(8)).astype(np.float32)
    image = model_image(slope, 0.0)
    assert image.shape == SIZE
    assert image.dtype == np.float32
    assert np.all(np.diff(image, axis=0) >= 0)
    assert (image.min(), image.max()) == (0, 14)


def test_thermometer_counts_only_where_people_fill_the_view() -> None:
    filled = np.full((8, 8), 30, np.float32)
    assert room_temperature_c(filled) == 30
    assert room_temperature_c(filled, ambient_c=22) == 23.5
    assert room_temperature_c(ROOM, ambient_c=25) == room_temperature_c(ROOM)


def test_centre_lies_where_the_caregiver_stands(models: ModelStore) -> None:
    sensor = array(HOMES[0], LIES_IN_BED, Stay(0, 3600, Person.CAREGIVER, Spot.BASIN))
    row, column = (
        at / size * cells
        for at, size, cells in zip(sensor.home.spots_m[Spot.BASIN], sensor.home.view_m, SIZE, strict=True)
    )
    centres = [one.centre for one in seen(models, sensor) if one.centre]
    assert len(centres) > 50
    assert np.median([np.hypot(r - row, c - column) for r, c in centres]) < 2.5


BAD_BEDS = {"empty": (2, 2, 2, 4), "outside": (0, 0, 5, 4), "turned round": (3, 0, 1, 4), "negative": (-1, 0, 2, 2)}


@pytest.mark.parametrize("corners", BAD_BEDS.values(), ids=BAD_BEDS.keys())
def test_bed_outside_the_array_is_refused(corners: tuple[float, float, float, float]) -> None:
    with pytest.raises(ValueError, match="bed"):
        BedArea.from_cells(corners, 4, 4)


def test_bed_of_cells_covers_those_cells() -> None:
    bed = BedArea.from_cells((1, 0, 3, 2), rows=4, columns=4)
    assert np.array_equal(bed_mask(bed, 4, 4), np.array([[0, 1, 1, 0], [0, 1, 1, 0], [0, 0, 0, 0], [0, 0, 0, 0]]))
    assert bed_mask(bed, 24, 32).sum() == pytest.approx(24 * 32 / 4)

"""What the scene remembers: what stirs, what keeps still, and what has nothing to do with the frame before."""

import numpy as np
import pytest

from edge_agent.perception.background import STILL_AFTER_MOVING_MS, STILL_MS, Background
from edge_agent.perception.bed import BedArea
from edge_agent.perception.occupancy_belief import OccupancyBelief, Reading, with_stirring
from edge_agent.perception.stirring import Stirring
from edge_agent.perception.thermal_change import ThermalChange
from edge_agent.perception.thermal_image import Cells, bed_mask
from edge_agent.perception.thermal_scene import Scene

SIZE = (24, 32)
BED = BedArea(0, 0, 0.4, 0.5)
STILL_S, AFTER_MOVING_S = STILL_MS // 1000, STILL_AFTER_MOVING_MS // 1000


def noise(rng: np.random.Generator, size: tuple[int, int] = SIZE) -> Cells:
    return rng.normal(0, 0.12, size).astype(np.float32)


def with_patch(cells: Cells, row: int = 16, column: int = 24, warmer_k: float = 3.0) -> Cells:
    cells[row : row + 5, column : column + 5] += np.float32(warmer_k)
    return cells


def shown_after(seconds: int, row: int = 16, column: int = 24, sways: bool = False) -> float:
    """How warm a patch is shown to the model after so many frames, one a second."""
    rng, scene, shown = np.random.default_rng(1), Scene(BED), np.zeros(SIZE, np.float32)
    for at_s in range(seconds):
        at = column + (at_s // 7 % 2 if sways else 0)
        shown = scene.shown(with_patch(noise(rng), row, at), at_s * 1000)
    return float(shown[row + 1 : row + 4, column + 1 : column + 4].mean())


def test_warmth_that_keeps_still_for_minutes_belongs_to_the_room() -> None:
    assert shown_after(STILL_S - 30) == pytest.approx(3, abs=0.2)
    assert shown_after(STILL_S + 60) == pytest.approx(0, abs=0.2)


def test_somebody_who_sways_never_belongs_to_the_room() -> None:
    assert shown_after(AFTER_MOVING_S + 60, sways=True) > 2


def test_warmth_in_bed_never_belongs_to_the_room() -> None:
    assert shown_after(AFTER_MOVING_S + 60, row=2, column=4) == pytest.approx(3, abs=0.2)


def test_what_came_later_must_keep_still_for_longer() -> None:
    rng, scene = np.random.default_rng(2), Scene(BED)
    warmth = {}
    for at_s in range(100 + AFTER_MOVING_S + 160):
        shown = scene.shown(with_patch(noise(rng), warmer_k=3.0 if at_s >= 100 else 0.0), at_s * 1000)
        warmth[at_s] = float(shown[17:20, 25:28].mean())
    assert warmth[100 + STILL_S + 60] > 2.5
    assert warmth[100 + AFTER_MOVING_S + 150] < 0.5


def test_somebody_before_warm_furniture_is_shown_whole() -> None:
    rng, scene = np.random.default_rng(3), Scene(BED)
    for at_s in range(STILL_S + 70):
        scene.shown(with_patch(noise(rng)), at_s * 1000)
    shown = scene.shown(with_patch(noise(rng), warmer_k=6.0), (STILL_S + 70) * 1000)
    assert shown[17:20, 25:28].mean() == pytest.approx(6, abs=0.2)


def test_without_a_bed_nothing_is_taken_out() -> None:
    rng, scene = np.random.default_rng(1), Scene(None)
    shown = [scene.shown(with_patch(noise(rng)), at_s * 1000) for at_s in range(STILL_S + 60)]
    assert shown[-1][17:20, 25:28].mean() == pytest.approx(3, abs=0.2)


def test_another_scene_is_learnt_anew() -> None:
    rng, change = np.random.default_rng(1), ThermalChange()
    background = Background(bed_mask(BED, *SIZE))
    for at_s in range(STILL_S + 70):
        change.add(with_patch(noise(rng)), at_s * 1000)
        background.learn(change)
    last = with_patch(noise(rng))
    assert background.without(last, 0.1) is not last
    other = np.roll(last, 9) + np.float32(1)
    change.add(other, (STILL_S + 71) * 1000)
    background.learn(change)
    assert change.is_cut
    assert background.without(last, 0.1) is last


def reading(nobody: float) -> Reading:
    people = np.array([nobody, 1 - nobody, 0, 0], np.float32)
    return Reading(people, 0.5, 0.5, 0.5, 0.5, np.zeros((2, 12, 16), np.float32))


def test_while_nothing_moves_one_odd_frame_does_not_count() -> None:
    rng, change, belief = np.random.default_rng(1), ThermalChange(), OccupancyBelief()
    for at_s in range(20):
        change.add(noise(rng), at_s * 1000)
        seen = belief.after(reading(0.9 if at_s < 19 else 0.3), change)
    assert seen.people[0] > 0.8


def test_as_soon_as_somebody_moves_the_frame_stands_for_itself() -> None:
    rng, change, belief = np.random.default_rng(1), ThermalChange(), OccupancyBelief()
    for at_s in range(20):
        change.add(noise(rng) if at_s < 19 else with_patch(noise(rng)), at_s * 1000)
        seen = belief.after(reading(0.9 if at_s < 19 else 0.3), change)
    assert seen.people[0] == pytest.approx(0.3, abs=1e-3)


def test_evidence_moves_the_odds_and_keeps_the_sum() -> None:
    likelier, less = with_stirring(reading(0.5), 1.0), with_stirring(reading(0.5), -1.0)
    assert likelier.people[0] == pytest.approx(1 / (1 + np.e), abs=1e-3)
    assert likelier.people[0] + less.people[0] == pytest.approx(1, abs=1e-3)
    assert likelier.people.sum() == pytest.approx(1, abs=1e-5)


def stirred(frames: int, sways_k: float = 0.0, cools: bool = False, frames_s: int = 1) -> float:
    """Evidence after so many frames of a 4x4 array with a warm middle."""
    rng, change, stirring = np.random.default_rng(4), ThermalChange(), Stirring()
    for at_s in range(0, frames * frames_s, frames_s):
        cells = rng.normal(0, 0.06, (4, 4)).astype(np.float32)
        cells[1:3, 1:3] += np.float32(2 * (np.exp(-at_s / 400) if cools else 1))
        cells[1, 1] += np.float32(sways_k * np.sin(at_s / 3))
        change.add(cells, at_s * 1000)
        stirring.learn(change)
    return stirring.log_odds


def test_who_stirs_under_a_blanket_is_there() -> None:
    assert stirred(100, sways_k=0.4) > 0.5


def test_bed_just_left_cools_and_says_nobody() -> None:
    assert stirred(100, cools=True) < -1.2


def test_sleeper_who_keeps_warm_is_hardly_argued_away() -> None:
    assert -0.5 < stirred(600) <= 0


def test_before_there_are_frames_to_compare_nothing_is_argued() -> None:
    assert stirred(8) == 0


TIMES = {
    "all at once": [0] * 50,
    "backwards": list(range(50_000, 0, -1000)),
    "an hour apart": list(range(0, 50 * 3_600_000, 3_600_000)),
}


@pytest.mark.parametrize("times", TIMES.values(), ids=TIMES.keys())
@pytest.mark.parametrize("size", [(4, 4), (24, 32)])
def test_odd_times_break_nothing(times: list[int], size: tuple[int, int]) -> None:
    rng, scene = np.random.default_rng(5), Scene(BED)
    for at_ms in times:
        rise = noise(rng, size)
        assert scene.shown(rise, at_ms) is rise
        assert np.isfinite(scene.believed(reading(0.5)).people).all()


def test_array_of_another_size_begins_a_new_scene() -> None:
    rng, scene = np.random.default_rng(6), Scene(BED)
    for index, size in enumerate([SIZE, (8, 8), (12, 16), SIZE]):
        rise = noise(rng, size)
        assert scene.shown(rise, index * 1000) is rise

"""The staged camera tells the script's story, and the same one each time."""

import numpy as np

from sim.camera import SimulatedCamera
from sim.script import Appearance, Portrait, ShownAs, Sky, VisitScript

SHOWN = Appearance(2.0, 8.0, Portrait.ASTRONAUT, ShownAs.LIVE, turns_head=True)


def _script(seed: int = 1) -> VisitScript:
    return VisitScript(seed, 0, 60.0, (), (), (SHOWN,), Sky(0.0, 0.0))


def test_frames_come_at_their_times_in_the_size_of_a_camera() -> None:
    frames = list(SimulatedCamera(_script(), [0.0, 2.5], starts_at_ms=40_000).readings())
    assert [frame.at_ms for frame in frames] == [40_000, 42_500]
    assert all(frame.rgb.shape == (480, 640, 3) and frame.rgb.dtype == np.uint8 for frame in frames)


def test_one_script_gives_the_same_pictures_and_another_seed_others() -> None:
    (first,), (again,), (other,) = (list(SimulatedCamera(_script(s), [3.0]).readings()) for s in (1, 1, 2))
    assert np.array_equal(first.rgb, again.rgb)
    assert not np.array_equal(first.rgb, other.rgb)


def test_the_room_is_empty_before_and_after_an_appearance() -> None:
    before, during, after = (f.rgb.astype(int) for f in SimulatedCamera(_script(), [1.9, 3.0, 8.0]).readings())
    assert np.abs(before - after).mean() < 6 < np.abs(before - during).mean()

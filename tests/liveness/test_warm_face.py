"""A warm face where the array sees one: paper is cool, skin is warm, and much cannot be told."""

import numpy as np
import pytest
from numpy.typing import NDArray

from edge_agent.perception.array_view import Area, ArrayView
from edge_agent.perception.warm_face import is_warm
from sim.script import ShownAs
from sim.thermal.cover import covered_frames
from sim.thermal.warm_view import WarmView

FACE = Area(0.3, 0.35, 0.7, 0.65)


def _scene(face_c: float, room_c: float = 22.0, shape: tuple[int, int] = (24, 32)) -> NDArray[np.float32]:
    rng = np.random.default_rng(5)
    celsius = room_c + rng.normal(0, 0.15, shape)
    rows, columns = shape
    celsius[int(0.3 * rows) : int(0.7 * rows), int(0.35 * columns) : int(0.65 * columns)] += face_c - room_c
    return celsius.astype(np.float32)


SEEN: dict[str, tuple[NDArray[np.float32], Area, bool | None]] = {
    "skin": (_scene(33.5), FACE, True),
    "skin on 8x8 cells, near": (_scene(33.5, shape=(8, 8)), Area(0.3, 0.3, 0.7, 0.7), True),
    "paper": (_scene(23.0), FACE, False),
    "a face a little beside its place": (_scene(33.5), Area(0.22, 0.3, 0.62, 0.6), True),
    "a display, neither warm nor cool": (_scene(26.5), FACE, None),
    "too far: a face of one cell": (_scene(23.0), Area(0.48, 0.48, 0.53, 0.53), None),
    "an array of 4x4": (_scene(23.0, shape=(4, 4)), FACE, None),
    "half beyond the array": (_scene(23.0), Area(-0.2, 0.3, 0.2, 0.7), None),
    "a room as warm as skin": (_scene(31.5, room_c=31.0), FACE, None),
    "blind: nothing was read": (np.full((24, 32), np.nan, np.float32), FACE, None),
    "blind: all cells alike": (np.full((24, 32), 22.0, np.float32), FACE, None),
}


@pytest.mark.parametrize("name", SEEN)
def test_what_the_array_says_of_a_face(name: str) -> None:
    celsius, face, warm = SEEN[name]
    assert is_warm(celsius, face) is warm


@pytest.mark.parametrize("seed", range(12))
def test_a_covered_array_says_of_no_face_that_it_is_cool(seed: int) -> None:
    """A cover is known as one after two minutes; a check-in is over by then."""
    said = {is_warm(frame.celsius, FACE) for frame in covered_frames(seed, frames=30)}
    assert said == {None}


def test_hands_that_hold_paper_make_it_no_face() -> None:
    rng = np.random.default_rng(8)
    view = WarmView(ShownAs.PHOTO, 22.0, 33.5, 23.0, True, (0.0, 0.0), 0.2)
    assert is_warm(view.frame(24, 32, rng), Area(0.33, 0.37, 0.74, 0.63)) is False


def test_a_face_is_found_in_the_part_of_the_picture_that_the_array_sees() -> None:
    view = ArrayView(Area(0.25, 0.25, 0.75, 0.75))
    assert view.of(Area(0.25, 0.5, 0.5, 0.75)) == Area(0.0, 0.5, 0.5, 1.0)


@pytest.mark.parametrize("area", [Area(0.5, 0, 0.5, 1), Area(0, 1, 1, 0), Area(float("nan"), 0, 1, 1)])
def test_a_view_without_an_inside_is_refused(area: Area) -> None:
    with pytest.raises(ValueError, match="thermal view"):
        ArrayView(area)

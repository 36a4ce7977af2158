"""What the occupancy model sees in a file of thermal frames, line by line."""

from collections.abc import Iterator
from itertools import chain
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from edge_agent.errors import UnreadableFileError
from edge_agent.perception.bed import BedArea
from edge_agent.perception.occupancy import OccupancyPerceiver
from edge_agent.perception.thermal_image import ROOM_RANGE_C
from edge_agent.readings import ThermalFrame
from edge_agent.sensors.thermal_file import open_frames


def inspect_thermal(path: Path, perceiver: OccupancyPerceiver) -> Iterator[dict[str, object]]:
    """Yield ``{"frame", "people", "bed_occupied", "present", "posture", "blind"}`` for each frame of a ``.npy`` file.

    ``present`` and the others are ``None`` where the frame is blind.

    Raises:
        UnreadableFileError: as :func:`open_frames`, or no frame can be a room in °C.
    """
    frames = open_frames(path)
    if _is_no_room(frames):
        raise UnreadableFileError(
            f"{path} holds no room: no frame has its median between {ROOM_RANGE_C[0]:g} and {ROOM_RANGE_C[1]:g} °C; "
            "the array must hold °C, not kelvin and not the sensor's raw numbers",
            f"{path} 不像房间：没有一帧的中位数在 {ROOM_RANGE_C[0]:g} 至 {ROOM_RANGE_C[1]:g} °C 之间；"
            "阵列应以 °C 保存，不是开尔文，也不是传感器的原始数",
        )
    for index, cells in enumerate(frames):
        seen = perceiver.perceive(ThermalFrame(index * 1000, np.array(cells, np.float32)))
        yield {
            "frame": index,
            "people": seen.people,
            "bed_occupied": seen.bed_occupied,
            "present": None if seen.people is None else seen.people > 0,
            "posture": seen.posture,
            "blind": seen.blind,
        }


def _is_no_room(frames: NDArray[Any]) -> bool:
    """Whether some frame of [frames, rows, columns] was read, and none of those that were is as warm as a room."""
    medians = (float(np.median(read)) for cells in frames if (read := cells[np.isfinite(cells)]).size)
    first = next(medians, None)
    return first is not None and not any(_is_room(median) for median in chain([first], medians))


def _is_room(celsius: float) -> bool:
    return ROOM_RANGE_C[0] <= celsius <= ROOM_RANGE_C[1]


def bed_of_file(path: Path, corners: tuple[float, float, float, float]) -> BedArea:
    """The bed of ``--bed x0,y0,x1,y1`` in cells of the file's own array, edges from the upper left corner.

    Raises:
        UnreadableFileError: as :func:`open_frames`.
        ValueError: the rectangle is empty or leaves the array.
    """
    _, rows, columns = open_frames(path).shape
    return BedArea.from_cells(corners, rows, columns)

"""What the occupancy model sees in a file of thermal frames, line by line."""

from collections.abc import Iterator
from pathlib import Path

import numpy as np

from edge_agent.perception.bed import BedArea
from edge_agent.perception.occupancy import OccupancyPerceiver
from edge_agent.readings import ThermalFrame
from edge_agent.sensors.thermal_file import open_frames


def inspect_thermal(path: Path, perceiver: OccupancyPerceiver) -> Iterator[dict[str, object]]:
    """Yield ``{"frame", "people", "bed_occupied", "present", "posture", "blind"}`` for each frame of a ``.npy`` file.

    ``present`` and the others are ``None`` where the frame is blind.

    Raises:
        UnreadableFileError: as :func:`open_frames`.
    """
    for index, cells in enumerate(open_frames(path)):
        seen = perceiver.perceive(ThermalFrame(index * 1000, np.array(cells, np.float32)))
        yield {
            "frame": index,
            "people": seen.people,
            "bed_occupied": seen.bed_occupied,
            "present": None if seen.people is None else seen.people > 0,
            "posture": seen.posture,
            "blind": seen.blind,
        }


def bed_of_file(path: Path, corners: tuple[float, float, float, float]) -> BedArea:
    """The bed of ``--bed x0,y0,x1,y1`` in cells of the file's own array, edges from the upper left corner.

    Raises:
        UnreadableFileError: as :func:`open_frames`.
        ValueError: the rectangle is empty or leaves the array.
    """
    _, rows, columns = open_frames(path).shape
    return BedArea.from_cells(corners, rows, columns)

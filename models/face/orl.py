"""The ORL photographs: ten of each person, grey, 92x112, taken over two years in one room.

Read from the folder of real recordings; none is kept here. People of odd place in the order of their numbers are for
choosing, those of even place for reporting.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from edge_agent.sensors.picture_files import read_picture

Picture = NDArray[np.uint8]


@dataclass(frozen=True)
class Photo:
    """One photograph of one person; uint8 [112, 92, 3]."""

    person: int
    number: int
    rgb: Picture


def photographs(data: Path) -> list[Photo]:
    """Every photograph, by person and number.

    Raises:
        UnreadableFileError: one of them cannot be read.
    """
    paths = (data / "faces" / "orl").glob("s*/*.pgm")
    photos = [Photo(int(path.parent.name[1:]), int(path.stem), read_picture(path)) for path in paths]
    return sorted(photos, key=lambda photo: (photo.person, photo.number))


def halves(photos: Sequence[Photo]) -> tuple[list[Photo], list[Photo]]:
    """Photographs of the people to choose on, and of those to report on."""
    people = sorted({photo.person for photo in photos})
    choosing = set(people[::2])
    return [p for p in photos if p.person in choosing], [p for p in photos if p.person not in choosing]

"""The Omron D6T-44L bedroom recordings: frames of 4x4 °C with the posture that the file's name tells.

GitHub ``microideax/research-thermal-sensing``, "public domain datasets"; rows whose checksum failed are left out.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

FOLDER = "thermal/omron_d6t44l_4x4"
NOBODY = 8
UNDER_A_BLANKET = 3
LYING_POSTURES = frozenset({1, UNDER_A_BLANKET, 6})
_NAME = re.compile(r"Bedroom-(Day\d+)-[A-Z]-(?P<what>[^.]+)\.csv$")
# The few files that are named in words; the longest are a night's sleep and the cooling bed after it.
_WORDS = {
    "Sleeping-on-the-bed-using-blanket": UNDER_A_BLANKET,
    "None-After-Sleeping": NOBODY,
    "Lying-Sheetthick-on-the-bed": UNDER_A_BLANKET,
    "Lying-Sheetthin-on-the-bed": UNDER_A_BLANKET,
}


@dataclass(frozen=True)
class Recording:
    """One file: ``celsius`` is float32 [frames, 4, 4]; ``posture`` the digit 1..8 of the data's description.

    ``numbered`` where the name holds that digit, not words for it.
    """

    name: str
    day: str
    posture: int
    numbered: bool
    celsius: NDArray[np.float32]

    @property
    def present(self) -> bool:
        """Whether somebody is in the view."""
        return self.posture != NOBODY

    @property
    def lying(self) -> bool:
        """Lying on the bed, under a blanket or on the floor; every other posture counts as upright."""
        return self.posture in LYING_POSTURES


def recordings(data: Path) -> Iterator[Recording]:
    """Every labelled bedroom file under the folder of real recordings, in order of name."""
    for path in sorted((data / FOLDER).rglob("*.csv")):
        name = _NAME.search(path.name)
        if name:
            what = name["what"]
            posture = int(what) if what.isdigit() else _WORDS[what]
            yield Recording(path.name, name[1], posture, what.isdigit(), read_frames(path))


def read_frames(path: Path) -> NDArray[np.float32]:
    """Float32 [frames, 4, 4] °C of one file, rows with ``CheckPEC`` 1 only."""
    lines = path.read_text("utf-8", errors="replace").splitlines()
    rows = [cells for cells in (_cells(line) for line in lines) if cells is not None]
    return np.array(rows, np.float32).reshape(-1, 4, 4) / np.float32(10)


def _cells(line: str) -> list[int] | None:
    parts = [part.strip() for part in line.split(",")]
    if len(parts) < 18 or parts[17] != "1" or not parts[0].isdigit():
        return None
    return [int(part) for part in parts[1:17]]

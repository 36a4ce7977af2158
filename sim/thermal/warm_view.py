"""What a thermal array beside the camera sees of a face before it, or of what is held up in its place. Seeded.

Skin, paper and displays have the temperatures that their makers and common sense give them; no recording was fitted.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from sim.script import ShownAs
from sim.thermal.bodies import averaging

Field = NDArray[np.float32]
FINE_ROWS, FINE_COLUMNS = 96, 128
# The face in the camera's picture, in shares of it: middle and half sizes.
MIDDLE, HALF = (0.5, 0.5), (0.24, 0.13)


@dataclass(frozen=True)
class WarmView:
    """One of many rooms, faces and things held up; temperatures in °C, ``shift`` how far the two views are apart."""

    shown_as: ShownAs
    room_c: float
    skin_c: float
    thing_c: float
    hands: bool
    shift: tuple[float, float]
    noise_k: float

    @classmethod
    def seeded(cls, shown_as: ShownAs, rng: np.random.Generator) -> "WarmView":
        """Paper is little warmer than the room, more so close before a face; a display may be as warm as skin."""
        room_c = float(rng.uniform(16, 31))
        warmer_k = {
            ShownAs.PHOTO: rng.uniform(0, 1.5),
            ShownAs.CUT_OUT: rng.uniform(1, 4.5),
            ShownAs.SCREEN: rng.uniform(2, 12),
            ShownAs.REPLAY: rng.uniform(2, 12),
        }.get(shown_as, 0.0)
        return cls(
            shown_as,
            room_c,
            skin_c=float(rng.normal(33.5, 1.0)),
            thing_c=min(40.0, room_c + float(warmer_k)),
            hands=bool(rng.random() < 0.7),
            shift=(float(rng.normal(0, 0.03)), float(rng.normal(0, 0.03))),
            noise_k=float(rng.uniform(0.1, 0.3)),
        )

    def frame(self, rows: int, columns: int, rng: np.random.Generator) -> Field:
        """One frame of float32 [rows, columns] °C."""
        fine = np.full((FINE_ROWS, FINE_COLUMNS), self.room_c, np.float32)
        y = (np.arange(FINE_ROWS)[:, None] + 0.5) / FINE_ROWS - MIDDLE[0] - self.shift[0]
        x = (np.arange(FINE_COLUMNS)[None, :] + 0.5) / FINE_COLUMNS - MIDDLE[1] - self.shift[1]
        head, body = np.hypot(y / HALF[0], x / HALF[1]) < 1, np.hypot((y - 0.6) / 0.38, x / 0.34) < 1
        fine[body] = self.room_c + 0.35 * (self.skin_c - self.room_c)
        # Hair keeps heat in.
        fine[head] = np.where((y < -0.6 * HALF[0]) & head, 0.5 * (self.room_c + self.skin_c), self.skin_c)[head]
        if self.shown_as is not ShownAs.LIVE:
            self._hold(fine, y, x)
        cells = averaging(FINE_ROWS, rows) @ fine @ averaging(FINE_COLUMNS, columns).T
        return np.asarray(cells + rng.normal(0, self.noise_k, cells.shape), np.float32)

    def _hold(self, fine: Field, y: NDArray[np.float64], x: NDArray[np.float64]) -> None:
        """The thing hides who holds it, but for the hands at its lower edge and the eyes behind its holes."""
        thing = (np.abs(y) < 1.35 * HALF[0]) & (np.abs(x) < 1.6 * HALF[1])
        fine[thing] = self.thing_c
        if self.hands:
            fine[(np.abs(y - 1.2 * HALF[0]) < 0.07) & (np.abs(np.abs(x) - 1.6 * HALF[1]) < 0.04)] = self.skin_c - 2
        if self.shown_as is ShownAs.CUT_OUT:
            fine[np.hypot((y + 0.15 * HALF[0]) / 0.015, (np.abs(x) - 0.4 * HALF[1]) / 0.03) < 1] = self.skin_c

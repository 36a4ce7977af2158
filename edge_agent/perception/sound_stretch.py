"""Some five seconds of sound as one point: where the care-sound model's embedding lies over its windows.

A point is not a recording: nine windows become one mean of what a model made of them, and no sound can be played from
that.
"""

from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from edge_agent.readings import HOP_SAMPLES, SAMPLE_RATE_HZ

Rows = NDArray[np.float32]

STRETCH_WINDOWS = 9
"""4.8 s of sound."""

LEAST_WINDOWS = 5
"""2.88 s: a shorter stretch tells too little."""

LEAST_LOUD = 2
"""Windows that must be heard: what is in a single one may be a mistake."""

# A window this much quieter than the loudest of its stretch holds only what is behind the sound.
FAINT_DB = 25.0
_STRETCH_MS = STRETCH_WINDOWS * HOP_SAMPLES * 1000 // SAMPLE_RATE_HZ


@dataclass(frozen=True, slots=True)
class EmbeddedWindow:
    """One window of 0.96 s: the model's ``embedding`` float32 [D], and the level in dB full scale."""

    at_ms: int
    embedding: Rows
    level_dbfs: float


def point_of(windows: Sequence[EmbeddedWindow]) -> Rows | None:
    """A stretch as one mean float32 [D]; ``None`` where too little of it can be heard.

    The square root of each value, with its sign, tames the few units that a loud or plain sound drives far out.
    """
    if len(windows) < LEAST_WINDOWS:
        return None
    loud = [window.embedding for window in windows if is_loud(window, windows)]
    if len(loud) < LEAST_LOUD:
        return None
    rooted = np.stack(loud)
    rooted = np.sign(rooted) * np.sqrt(np.abs(rooted))
    return np.asarray(rooted.mean(axis=0), np.float32)


def is_loud(window: EmbeddedWindow, stretch: Sequence[EmbeddedWindow]) -> bool:
    """Whether a window belongs to what its stretch sounds of, and not to the pauses between."""
    return window.level_dbfs > max(one.level_dbfs for one in stretch) - FAINT_DB


class LastStretch:
    """The last 4.8 s of windows; time that goes back, or a gap, begins anew."""

    def __init__(self) -> None:
        self._windows: deque[EmbeddedWindow] = deque(maxlen=STRETCH_WINDOWS)

    def with_window(self, window: EmbeddedWindow) -> Sequence[EmbeddedWindow]:
        """The stretch that ends with this window."""
        if self._windows and window.at_ms <= self._windows[-1].at_ms:
            self._windows.clear()
        while self._windows and window.at_ms - self._windows[0].at_ms >= _STRETCH_MS:
            self._windows.popleft()
        self._windows.append(window)
        return tuple(self._windows)

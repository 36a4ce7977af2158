"""Whether a sensor tells the truth: what it gives, held against what rooms look, sound and feel like.

The times and shares are set by what the parts do, not measured on broken ones: every working camera, microphone and
array has noise of its own, so that nothing comes twice alike, and nothing is all zero.
"""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any

import numpy as np
from numpy.typing import NDArray

from edge_agent.evidence.sound import DEAD_DBFS
from edge_agent.readings import CameraFrame, Reading, SoundBlock, ThermalFrame
from visit_record.fitted import Fault, Part

# Below it there is no sound at all, not even the microphone's own.
LEAST_SOUND = 10 ** (DEAD_DBFS / 20)
# A shout or a slammed door clips for a moment; a gain that is set wrong clips one sample in ten.
CLIPPED_AT, CLIPPED_SHARE = 0.999, 0.1
# Of a picture, each so many pixels across and down are looked at.
EVERY_PX = 4

# How long a sensor must go on so before it is called so.
CONFIRMED_AFTER_MS: Mapping[tuple[Part, Fault], int] = MappingProxyType(
    {
        (Part.CAMERA, Fault.BLACK): 2_000,
        # A network camera that leaves out what does not change may send one picture for some seconds.
        (Part.CAMERA, Fault.FROZEN): 15_000,
        (Part.MICROPHONE, Fault.ALL_ZERO): 5_000,
        (Part.MICROPHONE, Fault.CLIPPED): 10_000,
        # Steps of a quarter of a degree: a quiet room may look the same for a while.
        (Part.THERMAL_ARRAY, Fault.FROZEN): 60_000,
    }
)


@dataclass
class Doubts:
    """Follows one part; knows of its last reading only a digest."""

    part: Part
    _suspected: Fault | None = None
    _since_ms: int = 0
    _digest: bytes = b""

    @property
    def suspected(self) -> Fault | None:
        """What the last reading looks like, whether or not it has gone on for long enough to be called so."""
        return self._suspected

    def lied_ms(self, now_ms: int) -> int:
        """For how long it has been going on so."""
        return 0 if self._suspected is None else now_ms - self._since_ms

    def fault_of(self, reading: Reading) -> Fault | None:
        """What is wrong with a reading and those before it; ``None`` where it may be believed."""
        suspected = self._suspicion(reading)
        if suspected is not self._suspected:
            self._suspected, self._since_ms = suspected, reading.at_ms
        if suspected is None:
            return None
        needed_ms = CONFIRMED_AFTER_MS.get((self.part, suspected), 0)
        return suspected if reading.at_ms - self._since_ms >= needed_ms else None

    def _suspicion(self, reading: Reading) -> Fault | None:
        match reading:
            case CameraFrame():
                return Fault.BLACK if _is_black(reading) else self._if_the_same(reading.rgb[::EVERY_PX, ::EVERY_PX])
            case SoundBlock():
                return _heard(reading)
            case ThermalFrame():
                return _felt(reading) or self._if_the_same(reading.celsius)
            case _:
                # A receiver without satellites works; what its places are worth is for the evidence to say.
                return None

    def _if_the_same(self, cells: NDArray[Any]) -> Fault | None:
        before, self._digest = self._digest, hashlib.blake2b(cells.tobytes(), digest_size=16).digest()
        return Fault.FROZEN if before == self._digest else None


def _is_black(frame: CameraFrame) -> bool:
    from edge_agent.perception.face_quality import is_black

    return is_black(frame.rgb)


def _heard(block: SoundBlock) -> Fault | None:
    if not np.isfinite(block.samples).all():
        return Fault.NOT_A_NUMBER
    loudness = np.abs(block.samples)
    if loudness.max(initial=0.0) < LEAST_SOUND:
        return Fault.ALL_ZERO
    return Fault.CLIPPED if np.mean(loudness >= CLIPPED_AT) > CLIPPED_SHARE else None


def _felt(frame: ThermalFrame) -> Fault | None:
    """One dead cell is the array's own; none alive, or each at exactly 0 °C, is a chip that lost its power."""
    if not np.isfinite(frame.celsius).any():
        return Fault.NOT_A_NUMBER
    return None if np.any(frame.celsius) else Fault.ALL_ZERO

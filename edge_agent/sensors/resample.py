"""From a file's sample rate to the device's 16 kHz, block by block, with numpy alone."""

from math import gcd

import numpy as np
from numpy.typing import NDArray

LOWEST_RATE_HZ = 4_000
HIGHEST_RATE_HZ = 192_000
# Zero crossings of the sinc on each side, and Kaiser's beta: about 80 dB of stop band (Kaiser and Schafer 1980).
_CROSSINGS = 24
_BETA = 8.0
# The pass band ends at this share of the lower Nyquist frequency, so that the roll-off lies below it.
_ROLL_OFF = 0.93


class Resampler:
    """A streaming polyphase windowed-sinc filter of linear phase; its delay is taken out.

    ``from_hz`` lies in 4000..192000. Push every block, then :meth:`flush`: n samples in give
    ``ceil(n * to_hz / from_hz)`` out, the same however the sound was cut into blocks.
    """

    def __init__(self, from_hz: int, to_hz: int) -> None:
        common = gcd(from_hz, to_hz)
        self._up, self._down = to_hz // common, from_hz // common
        self._reach, self._filters = _polyphase(self._up, min(1.0, to_hz / from_hz) * _ROLL_OFF)
        self._held = np.zeros(self._reach, np.float32)
        self._held_from, self._received, self._made = -self._reach, 0, 0

    def push(self, samples: NDArray[np.float32]) -> NDArray[np.float32]:
        """What can be told from the sound so far: float32 [m]."""
        self._received += len(samples)
        self._held = np.concatenate([self._held, samples])
        return self._make(((self._received - self._reach - 1) * self._up) // self._down + 1)

    def flush(self) -> NDArray[np.float32]:
        """The rest, as if silence followed."""
        self._held = np.concatenate([self._held, np.zeros(self._reach + 1, np.float32)])
        return self._make(-(-self._received * self._up // self._down))

    def _make(self, end: int) -> NDArray[np.float32]:
        """Output samples up to ``end``: each is its phase's filter over the ``2 x reach`` inputs around it."""
        wanted = np.arange(self._made, max(end, self._made))
        whole, phase = np.divmod(wanted * self._down, self._up)
        if not len(wanted):
            return np.zeros(0, np.float32)
        around = np.lib.stride_tricks.sliding_window_view(self._held, 2 * self._reach)
        made = np.einsum("ij,ij->i", around[whole - self._reach + 1 - self._held_from], self._filters[phase])
        self._made = max(end, self._made)
        self._forget_before((self._made * self._down) // self._up - self._reach + 1)
        return np.asarray(made, np.float32)

    def _forget_before(self, sample: int) -> None:
        self._held = self._held[sample - self._held_from :].copy()
        self._held_from = sample


def _polyphase(up: int, cutoff: float) -> tuple[int, NDArray[np.float32]]:
    """Reach in input samples, and filters [up, 2 x reach]: row p is for an output p/up after an input sample."""
    reach = int(np.ceil(_CROSSINGS / cutoff))
    offset = np.arange(-reach + 1, reach + 1)[None, :] - np.arange(up)[:, None] / up
    window = np.i0(_BETA * np.sqrt(np.clip(1 - (offset / reach) ** 2, 0, None))) / np.i0(_BETA)
    filters = cutoff * np.sinc(cutoff * offset) * window
    # Every phase passes a constant unchanged, or the phases would differ in gain and whine.
    return reach, (filters / filters.sum(axis=1, keepdims=True)).astype(np.float32)

"""Training windows: drawn from clips, mixed, carried through rooms, with what labels and teacher say of them."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from models.care_sound import rooms
from models.care_sound.data import Clip
from models.care_sound.front_end import WINDOW_SAMPLES
from models.care_sound.yamnet import Yamnet
from visit_record.vocabulary import SoundCue

CUES = list(SoundCue)
QUIET = CUES.index(SoundCue.QUIET)
STEP_SAMPLES = WINDOW_SAMPLES // 2
# A window this far under its clip's loudest holds only what is behind the clip's sound.
FAINT_DB, SILENT_DBFS = 25.0, -75.0
MIXED, LONELIEST_DB = 0.4, 10.0

Array = NDArray[np.float32]


class Window(NamedTuple):
    """Samples [15360], labels [12], whether each label is known [12], the teacher's scores [521]."""

    samples: Array
    labels: Array
    known: Array
    scores: Array


@dataclass(frozen=True)
class Example:
    """A clip, the starts from which it can be heard, and the teacher's scores [n, 521] at every half window.

    ``samples`` hold at least one window.
    """

    clip: Clip
    samples: Array
    labels: Array
    known: Array
    hearable: NDArray[np.int64]
    scores: Array

    def window(self, rng: np.random.Generator) -> Window:
        """A random audible one."""
        start = int(self.hearable[rng.integers(len(self.hearable))])
        nearest = min(len(self.scores) - 1, round(start / STEP_SAMPLES))
        return Window(self.samples[start : start + WINDOW_SAMPLES], self.labels, self.known, self.scores[nearest])


def example(clip: Clip, teacher: Yamnet) -> Example | None:
    """Look at one clip; ``None`` where nothing of it can be heard."""
    samples = np.pad(clip.samples, (0, max(0, WINDOW_SAMPLES - len(clip.samples))))
    starts = np.arange(0, len(samples) - WINDOW_SAMPLES + 1, STEP_SAMPLES // 8)
    levels = np.array([20 * np.log10(rooms.rms(samples[start : start + WINDOW_SAMPLES])) for start in starts])
    hearable = starts[(levels > levels.max() - FAINT_DB) & (levels > SILENT_DBFS)]
    if not len(hearable):
        return None
    halves = range(0, len(samples) - WINDOW_SAMPLES + 1, STEP_SAMPLES)
    scores = np.stack([teacher.scores_and_embedding(samples[start:])[0] for start in halves])
    labels = np.array([cue in clip.cues for cue in CUES], np.float32)
    known = np.array([cue not in clip.unknown for cue in CUES], np.float32)
    return Example(clip, samples, labels, known, hearable, scores)


class Mixer:
    """Draws training windows from banks of examples, a bank as often as its share says."""

    def __init__(self, banks: Sequence[Sequence[Example]], shares: Sequence[float], rng: np.random.Generator) -> None:
        self._banks = [_by_label(bank) for bank in banks]
        self._shares, self._rng = np.array(shares) / np.sum(shares), rng

    def batch(self, size: int) -> Window:
        """Windows stacked: samples [size, 15360], labels and known [size, 12], scores [size, 521]."""
        return Window(*(np.stack(column) for column in zip(*(self._window() for _ in range(size)), strict=True)))

    def _window(self) -> Window:
        rng, drawn = self._rng, self._draw()
        if drawn.labels[QUIET]:
            return drawn._replace(samples=drawn.samples * np.float32(10 ** (rng.uniform(-10, 3) / 20)))
        if rng.random() < MIXED:
            drawn = _mixed(drawn, self._draw(), float(rng.uniform(-18, 12)))
        carried = rooms.at_level(rooms.carried(drawn.samples, rng), rng.uniform(-56, -14))
        air = rooms.noise(rng) * np.float32(rooms.rms(carried) * 10 ** (-rng.uniform(10, 50) / 20))
        return drawn._replace(samples=np.clip(carried + air, -1, 1).astype(np.float32))

    def _draw(self) -> Window:
        bank = self._banks[self._rng.choice(len(self._banks), p=self._shares)]
        group = bank[self._rng.integers(len(bank))]
        return group[self._rng.integers(len(group))].window(self._rng)


def _by_label(bank: Sequence[Example]) -> list[list[Example]]:
    """Each set of labels as often as any other; what is none of the cues, as most sounds of a home are, three times."""
    groups: dict[bytes, list[Example]] = {}
    for one in bank:
        groups.setdefault(one.labels.tobytes(), []).append(one)
    return [group for group in groups.values() for _ in range(1 if group[0].labels.any() else 3)]


def _mixed(one: Window, other: Window, ratio_db: float) -> Window:
    """Both sounds, the other ``ratio_db`` louder; one far under the other is neither claimed nor denied."""
    samples = one.samples + rooms.at_level(other.samples, 20 * np.log10(rooms.rms(one.samples)) + ratio_db)
    first, second = one.labels.copy(), other.labels.copy()
    first[QUIET] = second[QUIET] = 0
    faint = second if ratio_db < -LONELIEST_DB else first * (ratio_db > LONELIEST_DB)
    known = (one.known * other.known > 0) & (faint == 0)
    scores = np.maximum(one.scores * (ratio_db < LONELIEST_DB), other.scores * (ratio_db > -LONELIEST_DB))
    return Window(samples, np.maximum(first, second), known.astype(np.float32), scores.astype(np.float32))

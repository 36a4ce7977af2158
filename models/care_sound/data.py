"""Clips to learn from and to be measured on: real recordings split by source, and the simulator's own sounds.

Labels follow :class:`visit_record.vocabulary.SoundCue`; a cue that a clip's label cannot speak for is *unknown* and
counts neither for nor against.
"""

import csv
import hashlib
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from enum import StrEnum
from pathlib import Path

import numpy as np
import soundfile
from numpy.typing import NDArray

from edge_agent.readings import SAMPLE_RATE_HZ
from sim.script import Voice
from sim.sound.care_sounds import SYNTHESISERS
from sim.sound.speech import synthesise_speech
from visit_record.vocabulary import SoundCue

CLIP_S = 5.0
FOLDS = 4


class Split(StrEnum):
    """The first two are learnt from, across folds where something is to be chosen; the third is reported."""

    TRAIN = "train"
    VALIDATION = "validation"
    TEST = "test"


LEARNT_FROM = (Split.TRAIN, Split.VALIDATION)


KITCHEN20_CUES: dict[str, frozenset[SoundCue]] = {
    "cutlery": frozenset({SoundCue.TABLEWARE}),
    "plates": frozenset({SoundCue.TABLEWARE}),
    "clean-dishes": frozenset({SoundCue.TABLEWARE, SoundCue.WATER}),
    "eat": frozenset({SoundCue.EATING}),
    "water-flowing": frozenset({SoundCue.WATER}),
    "sweep": frozenset({SoundCue.SWEEPING}),
    "dishwasher": frozenset({SoundCue.APPLIANCE}),
    "juicer": frozenset({SoundCue.APPLIANCE}),
    "microwave": frozenset({SoundCue.APPLIANCE}),
    "blender": frozenset({SoundCue.APPLIANCE}),
    "fridge": frozenset({SoundCue.APPLIANCE}),
    "stove-fan": frozenset({SoundCue.APPLIANCE}),
}
# A cupboard is heard to open and close; whether that is a door, its label does not say.
KITCHEN20_UNKNOWN: dict[str, frozenset[SoundCue]] = {
    "cupboard": frozenset({SoundCue.DOOR}),
    "drawer": frozenset({SoundCue.DOOR}),
    "fridge": frozenset({SoundCue.DOOR}),
    "microwave": frozenset({SoundCue.DOOR}),
    "book": frozenset({SoundCue.CLOTH}),
}


@dataclass(frozen=True)
class Clip:
    """A few seconds of sound, float32 [n] at 16 kHz, and what is said to be in it.

    ``kind`` is the recording's own label; ``source`` is what it shares with clips that are alike.
    """

    name: str
    kind: str
    source: str
    samples: NDArray[np.float32]
    cues: frozenset[SoundCue]
    unknown: frozenset[SoundCue] = field(default_factory=frozenset)

    @property
    def truth(self) -> NDArray[np.float64]:
        """Float64 [12]: 1 for a cue that is in it, 0 for one that is not, NaN where the label cannot say."""
        return np.array([np.nan if cue in self.unknown else float(cue in self.cues) for cue in SoundCue])

    def with_samples(self, samples: NDArray[np.float32]) -> "Clip":
        """The same sound as it was heard elsewhere."""
        return replace(self, samples=samples)


def split_of(source: str) -> Split:
    """The split of everything that comes from one source (a recording, a speaker): 60, 15 and 25 in a hundred."""
    place = int.from_bytes(hashlib.sha256(source.encode()).digest()[:4]) / 2**32
    return Split.TRAIN if place < 0.60 else Split.VALIDATION if place < 0.75 else Split.TEST


def fold_of(source: str) -> int:
    """One of four folds, to choose by within the splits that are learnt from."""
    return hashlib.sha256(f"fold of {source}".encode()).digest()[0] % FOLDS


def kitchen20(data: Path, split: Split) -> Iterator[Clip]:
    """Kitchen20's clips of one split, by ``source_id``."""
    folder = data / "sounds" / "kitchen20"
    with (folder / "labels.csv").open(encoding="utf-8") as rows:
        for row in csv.DictReader(rows):
            if split_of(row["source_id"]) is split:
                label = row["label"]
                cues, unknown = KITCHEN20_CUES.get(label, frozenset()), KITCHEN20_UNKNOWN.get(label, frozenset())
                yield Clip(row["file"], label, row["source_id"], _read(folder / row["file"]), cues, unknown)


def librispeech(data: Path, split: Split) -> Iterator[Clip]:
    """One utterance of each speaker of one split."""
    for path in sorted((data / "speech" / "librispeech_train-clean-100").glob("*.flac")):
        speaker = path.stem.split("-")[0]
        if split_of(speaker) is split:
            yield Clip(path.name, "speech", speaker, _read(path), frozenset({SoundCue.SPEECH}), frozenset())


def synthetic(split: Split, takes: int) -> Iterator[Clip]:
    """``takes`` takes of every cue by the simulator; the splits share no seed.

    A television speaks: whether ``media`` is also ``speech`` is left open.
    """
    for number, cue in enumerate(SoundCue):
        for take in range(takes):
            rng = np.random.default_rng([list(Split).index(split), number, take])
            unknown = frozenset({SoundCue.SPEECH}) if cue is SoundCue.MEDIA else frozenset()
            yield Clip(
                f"{cue}-{take}",
                cue.value,
                f"{split}-{cue}-{take}",
                synthesise(cue, CLIP_S, rng),
                frozenset({cue}),
                unknown,
            )


def synthesise(cue: SoundCue, duration_s: float, rng: np.random.Generator) -> NDArray[np.float32]:
    """One take of a cue, speech in a voice drawn for it."""
    if cue is SoundCue.SPEECH:
        return synthesise_speech(Voice(rng.uniform(85, 260), rng.uniform(0.78, 1.08)), duration_s, rng)
    return SYNTHESISERS[cue](duration_s, rng)


def _read(path: Path) -> NDArray[np.float32]:
    samples, rate_hz = soundfile.read(path, dtype="float32", always_2d=True)
    if rate_hz != SAMPLE_RATE_HZ:
        raise ValueError(f"{path} has {rate_hz} samples a second instead of {SAMPLE_RATE_HZ}")
    return np.asarray(samples.mean(axis=1), np.float32)

"""Sounds of many other homes as points: what a home's own sounds are told apart from."""

import io
from dataclasses import dataclass
from zipfile import BadZipFile

import numpy as np
from numpy.typing import NDArray

from edge_agent.errors import ModelError
from edge_agent.perception.model_store import REINSTALL
from visit_record.vocabulary import SoundCue


@dataclass(frozen=True)
class GenericSounds:
    """Points float32 [n, D] of :func:`edge_agent.perception.sound_stretch.point_of`, by one care-sound model.

    ``free`` is bool [n, 12]: whether a sound is known not to hold a cue, in the order of :class:`SoundCue`.
    ``sources`` int [n] is equal where sounds are of one recording. ``student`` is the model's SHA-256.
    """

    points: NDArray[np.float32]
    free: NDArray[np.bool_]
    sources: NDArray[np.int64]
    student: str

    def rivals(self, cue: SoundCue) -> NDArray[np.int64]:
        """The places of the sounds that are not the cue."""
        return np.flatnonzero(self.free[:, list(SoundCue).index(cue)])


def to_bytes(sounds: GenericSounds) -> bytes:
    """The file of the registry's role ``generic_sounds``: an .npz, the points in half precision."""
    file = io.BytesIO()
    np.savez_compressed(
        file,
        points=sounds.points.astype(np.float16),
        free=sounds.free,
        sources=sounds.sources.astype(np.int32),
        student=np.array(sounds.student),
    )
    return file.getvalue()


def from_bytes(content: bytes) -> GenericSounds:
    """Read what :func:`to_bytes` wrote.

    Raises:
        ModelError: it is something else.
    """
    try:
        with np.load(io.BytesIO(content), allow_pickle=False) as file:
            sounds = GenericSounds(
                file["points"].astype(np.float32), file["free"], file["sources"].astype(np.int64), str(file["student"])
            )
    except (OSError, ValueError, KeyError, EOFError, BadZipFile) as cause:
        raise ModelError(
            f"the generic_sounds file cannot be read: {cause}",
            "generic_sounds 文件读不出",
            REINSTALL,
        ) from cause
    if sounds.free.shape != (len(sounds.points), len(SoundCue)) or sounds.sources.shape != (len(sounds.points),):
        raise ModelError(
            "the generic_sounds file is not of this vocabulary of cues",
            "generic_sounds 文件不合现在的声音类别",
            REINSTALL,
        )
    return sounds

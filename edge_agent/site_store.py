"""What one home taught this device: ``site_sound.json`` in the device's folder, readable by its owner alone.

It holds points of embeddings, no sound, and never leaves the device; a record names the file's SHA-256.
"""

import hashlib
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import msgspec
import numpy as np
from msgspec import Struct

from edge_agent.errors import SiteSoundError
from edge_agent.perception.sound_stretch import Rows
from edge_agent.system_words import PATH_AND_RIGHTS, why_zh
from edge_agent.whole_files import OWNER_ALONE, alone_in, remove, write_whole
from visit_record.bilingual import Words
from visit_record.vocabulary import SoundCue

SITE_FILE = "site_sound.json"

_TEACH_AGAIN = Words("请用 edge-agent calibrate 重新学一次", "calibrate again")


class Stretches(Struct, frozen=True, forbid_unknown_fields=True):
    """Points of some stretches of sound: half precision, row by row; ``takes`` numbers the file that each is of."""

    points: bytes
    takes: tuple[int, ...]

    @classmethod
    def of(cls, points: Rows, takes: tuple[int, ...]) -> "Stretches":
        """Pack points float32 [n, D]."""
        return cls(points.astype("<f2").tobytes(), takes)

    def rows(self, width: int) -> Rows:
        """The points, float32 [n, width].

        Raises:
            SiteSoundError: they are not of that width.
        """
        values = np.frombuffer(self.points, "<f2").astype(np.float32)
        if len(values) != len(self.takes) * width or not np.isfinite(values).all():
            raise SiteSoundError("what this home taught is damaged", "本户教过的声音已损坏", _TEACH_AGAIN)
        return values.reshape(-1, width)


class TaughtCue(Struct, frozen=True, forbid_unknown_fields=True):
    """One cue as it was taught; ``background`` is this home without it."""

    examples: Stretches
    background: Stretches
    false_alarms: float
    seconds: float
    windows: int


class SiteCalibration(Struct, frozen=True, forbid_unknown_fields=True):
    """Everything that was taught, by one care-sound model (its SHA-256): to another its points mean nothing."""

    care_sound: str
    cues: dict[SoundCue, TaughtCue] = {}


@dataclass(frozen=True)
class SiteFile:
    """The calibration in a device's folder."""

    folder: Path

    def read(self) -> tuple[SiteCalibration, str] | None:
        """The calibration and the SHA-256 of its file; ``None`` where nothing was ever taught.

        Raises:
            SiteSoundError: the file cannot be read or is damaged.
        """
        try:
            content = self._path.read_bytes()
        except FileNotFoundError:
            return None
        except OSError as cause:
            raise SiteSoundError(
                f"cannot read {self._path}: {cause.strerror}",
                f"无法读取 {self._path}：{why_zh(cause)}",
                PATH_AND_RIGHTS,
            ) from cause
        try:
            return msgspec.json.decode(content, type=SiteCalibration), hashlib.sha256(content).hexdigest()
        except (msgspec.MsgspecError, UnicodeDecodeError) as cause:
            raise SiteSoundError(
                f"{self._path} is damaged ({cause})",
                f"{self._path} 已损坏",
                Words("删去它，再用 edge-agent calibrate 学一次", "delete it and calibrate again"),
            ) from cause

    def teach(self, care_sound: str, cue: SoundCue, taught: TaughtCue) -> None:
        """Store a cue in the place of what was taught for it before; what another model learnt is dropped.

        Raises:
            SiteSoundError: the folder or the file cannot be used.
        """
        with self._locked():
            before = self._taught(care_sound)
            self._replace(SiteCalibration(care_sound, dict(sorted({**before, cue: taught}.items()))))

    def forget(self, cue: SoundCue) -> bool:
        """Delete a cue, and the file with the last one; ``False`` if it was never taught.

        Raises:
            SiteSoundError: the folder or the file cannot be used.
        """
        with self._locked():
            stored = self.read()
            if stored is None or cue not in stored[0].cues:
                return False
            left = {name: taught for name, taught in stored[0].cues.items() if name is not cue}
            self._replace(SiteCalibration(stored[0].care_sound, left))
            return True

    @property
    def _path(self) -> Path:
        return self.folder / SITE_FILE

    def _taught(self, care_sound: str) -> Mapping[SoundCue, TaughtCue]:
        stored = self.read()
        return stored[0].cues if stored is not None and stored[0].care_sound == care_sound else {}

    @contextmanager
    def _locked(self) -> Iterator[None]:
        """One process at a time; an OSError is one line that names the folder."""
        try:
            with alone_in(self.folder):
                yield
        except OSError as cause:
            raise SiteSoundError(
                f"cannot use the device's folder {self.folder}: {cause.strerror}",
                f"无法使用设备文件夹 {self.folder}：{why_zh(cause)}",
                PATH_AND_RIGHTS,
            ) from cause

    def _replace(self, calibration: SiteCalibration) -> None:
        if calibration.cues:
            write_whole(self._path, msgspec.json.encode(calibration), OWNER_ALONE)
        else:
            remove(self._path)

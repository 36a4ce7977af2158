"""Models by role. A file whose hash is not the registry's is never used, and what was used is remembered."""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING

from edge_agent.errors import ModelError
from edge_agent.perception.file_hash import FileHashes
from edge_agent.perception.inference import open_session
from edge_agent.perception.model_registry import ModelEntry, read_registry
from edge_agent.system_words import why_zh
from visit_record.bilingual import Words

if TYPE_CHECKING:
    import onnxruntime as ort

__all__ = ["REINSTALL", "ModelEntry", "ModelState", "ModelStore"]

REINSTALL = Words(
    "重新安装这个版本；在源码中用 git checkout 取回 models/",
    "install the release again; in a checkout: git checkout models/",
)


class ModelState(StrEnum):
    """What is where the registry says that a model is."""

    PRESENT = "present"
    ABSENT = "absent"
    ALTERED = "altered"


@dataclass(frozen=True)
class ModelStore:
    """The models of one registry. ``used`` is SHA-256 by role of those that were handed out, and grows with them."""

    folder: Path
    entries: Mapping[str, ModelEntry]
    used: dict[str, str] = field(default_factory=dict, compare=False)
    _hashes: FileHashes = field(default_factory=FileHashes, compare=False, repr=False)

    @classmethod
    def open(cls, registry: Path) -> "ModelStore":
        """Read a registry.

        Raises:
            ModelError: the registry is missing or malformed.
        """
        return cls(registry.parent, read_registry(registry))

    def afresh(self) -> "ModelStore":
        """The same models, none of them used yet: a visit's record names what that visit used."""
        return replace(self, used={})

    def holds(self, role: str) -> bool:
        """Whether the registry names the role and its file is there; whether it is the right one shows when it is used.

        A pulled model that is not held is no error: the part that would use it does without.
        """
        try:
            return self.path(role).is_file()
        except ModelError:
            return False

    def path(self, role: str) -> Path:
        """Where the model's file is, or would be.

        Raises:
            ModelError: the registry names no such role, or the package that brings its file is not installed.
        """
        return self._entry(role).path(self.folder)

    def state(self, role: str) -> ModelState:
        """What is in the file's place; the whole file is read.

        Raises:
            ModelError: no such role, or a file that cannot be read.
        """
        if not self.holds(role):
            return ModelState.ABSENT
        return ModelState.PRESENT if self._digest(role) == self._entry(role).sha256 else ModelState.ALTERED

    def read(self, role: str) -> bytes:
        """The model's bytes, checked against the registry.

        Raises:
            ModelError: no such role, no such file, or another hash than the registry's.
        """
        try:
            content = self.path(role).read_bytes()
        except OSError as cause:
            raise self._unreadable(role, cause) from cause
        self._use(role, hashlib.sha256(content).hexdigest())
        return content

    def require(self, *roles: str) -> None:
        """Check models that a library loads by itself from their files, before it does.

        Raises:
            ModelError: as :meth:`read`.
        """
        for role in roles:
            self._use(role, self._digest(role))

    def note(self, role: str, sha256: str) -> None:
        """Remember something else that judges and that no registry can name: what this home taught."""
        self.used[role] = sha256

    def session(self, role: str) -> "ort.InferenceSession":
        """An inference session of the model.

        Raises:
            ModelError: as :meth:`read`, or ONNX Runtime cannot load the file.
        """
        content = self.read(role)
        try:
            return open_session(content)
        except Exception as cause:
            raise ModelError(
                f"the {role} model {self._entry(role).file} cannot be loaded: {cause}",
                f"模型 {role} 的文件 {self._entry(role).file} 无法加载，详情见英文",
            ) from cause

    def hashes(self) -> dict[str, str]:
        """SHA-256 by role of every model that is there, as the registry has it."""
        return {role: entry.sha256 for role, entry in sorted(self.entries.items()) if self.holds(role)}

    def _use(self, role: str, found: str) -> None:
        entry = self._entry(role)
        if found != entry.sha256:
            raise ModelError(
                f"{self.path(role)} is not the {role} model of the registry (its SHA-256 is {found})",
                f"{self.path(role)} 不是登记的 {role} 模型（SHA-256 为 {found}）",
                entry.cure,
            )
        self.used[role] = found

    def _digest(self, role: str) -> str:
        try:
            return self._hashes.of(self.path(role))
        except OSError as cause:
            raise self._unreadable(role, cause) from cause

    def _unreadable(self, role: str, cause: OSError) -> ModelError:
        return ModelError(
            f"cannot read the {role} model {self.path(role)}: {cause.strerror}",
            f"无法读取模型 {self.path(role)}：{why_zh(cause)}",
            self._entry(role).cure,
        )

    def _entry(self, role: str) -> ModelEntry:
        if role not in self.entries:
            has = ", ".join(sorted(self.entries))
            raise ModelError(f"the registry names no {role} model; it has {has}", f"没有登记 {role} 模型；有 {has}")
        return self.entries[role]

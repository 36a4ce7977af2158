"""Models by role, from a registry that pins each file's hash."""

import hashlib
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import msgspec
import onnxruntime as ort
from msgspec import Struct

from edge_agent.errors import ModelError

_BUILT_ON_SETUP = "built on set-up"


class ModelEntry(Struct, frozen=True, forbid_unknown_fields=True):
    """One row of ``registry.toml``; ``file`` and ``card`` are relative to the registry."""

    role: str
    file: str
    sha256: str
    input: str
    output: str
    licence: str
    card: str
    source: str

    @property
    def cure(self) -> str:
        """What brings a lost or altered file back."""
        if self.source.startswith(_BUILT_ON_SETUP):
            # Make holds a set-up for done even where a file of it was lost since.
            return f"run `make setup`, or where that was done before `{self.source.rpartition(' by ')[2]}`"
        return f"restore models/{self.file} from the repository (git checkout), which keeps it"


class _Registry(Struct, frozen=True):
    model: list[ModelEntry]


@dataclass(frozen=True)
class ModelStore:
    """The models of one registry. A file whose hash is not the registry's is never loaded."""

    folder: Path
    entries: Mapping[str, ModelEntry]

    @classmethod
    def open(cls, registry: Path) -> "ModelStore":
        """Read a registry.

        Raises:
            ModelError: the registry is missing or malformed.
        """
        try:
            rows = msgspec.convert(tomllib.loads(registry.read_text("utf-8")), _Registry).model
        except (OSError, ValueError) as cause:
            raise ModelError(f"cannot read the model registry {registry}: {cause}") from cause
        return cls(registry.parent, {row.role: row for row in rows})

    def read(self, role: str) -> bytes:
        """The model's bytes, checked against the registry.

        Raises:
            ModelError: no such role, no such file, or another hash than the registry's.
        """
        entry = self._entry(role)
        path = self.folder / entry.file
        try:
            content = path.read_bytes()
        except OSError as cause:
            raise ModelError(f"cannot read the {role} model {path}: {cause.strerror}; {entry.cure}") from cause
        found = hashlib.sha256(content).hexdigest()
        if found != entry.sha256:
            raise ModelError(f"{path} is not the {role} model of the registry (its SHA-256 is {found}); {entry.cure}")
        return content

    def holds(self, role: str) -> bool:
        """Whether the registry names the role and its file is there; its hash is checked when it is read."""
        return role in self.entries and (self.folder / self.entries[role].file).is_file()

    def session(self, role: str) -> ort.InferenceSession:
        """An inference session of one thread that sleeps when idle, as a Raspberry Pi wants it.

        Raises:
            ModelError: as :meth:`read`, or ONNX Runtime cannot load the file.
        """
        options = ort.SessionOptions()
        options.intra_op_num_threads = options.inter_op_num_threads = 1
        options.add_session_config_entry("session.intra_op.allow_spinning", "0")
        content = self.read(role)
        try:
            return ort.InferenceSession(content, options, providers=["CPUExecutionProvider"])
        except Exception as cause:
            raise ModelError(f"the {role} model {self._entry(role).file} cannot be loaded: {cause}") from cause

    def hashes(self) -> dict[str, str]:
        """SHA-256 by role, as every record carries them."""
        return {role: entry.sha256 for role, entry in sorted(self.entries.items())}

    def _entry(self, role: str) -> ModelEntry:
        if role not in self.entries:
            raise ModelError(f"the registry names no {role} model; it has {', '.join(sorted(self.entries))}")
        return self.entries[role]

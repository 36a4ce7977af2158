"""Where lived visits are kept, one file each, so that no visit is lived twice."""

import hashlib
import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import msgspec

from edge_agent.bootstrap.program import software_version
from edge_agent.perception.model_store import ModelStore
from sim.benchmark.lived.bundle import LivedRecord
from sim.errors import BenchmarkError
from sim.staging.visits import StagedVisit
from visit_record.record import VisitRecord


@dataclass(frozen=True)
class Shelf:
    """A folder of visits that were lived by one version of the software with one set of models."""

    folder: Path
    software: str
    models: Mapping[str, str]

    @classmethod
    def open(cls, folder: Path, registry: Path) -> "Shelf":
        """The folder, made where it is not there.

        Raises:
            BenchmarkError: it cannot be made.
            ModelError: the registry cannot be read, or a model that every device has is not there.
        """
        store = ModelStore.open(registry)
        store.require(*(role for role, entry in store.entries.items() if entry.public is None))
        try:
            folder.mkdir(parents=True, exist_ok=True)
        except OSError as cause:
            raise BenchmarkError(f"cannot make {folder}: {cause.strerror}; name another folder") from cause
        return cls(folder, software_version(), store.hashes())

    def find(self, staged: StagedVisit) -> LivedRecord | None:
        """The visit as it was lived before, or ``None``: never lived, or by other software, or half written."""
        try:
            return msgspec.json.decode(self.path(staged).read_bytes(), type=LivedRecord)
        except (OSError, msgspec.MsgspecError):
            return None

    def keep(self, staged: StagedVisit, record: VisitRecord) -> None:
        """Store a lived visit, whole or not at all.

        Raises:
            BenchmarkError: it cannot be written.
        """
        path = self.path(staged)
        fresh = path.with_suffix(f".{os.getpid()}.new")
        try:
            fresh.write_bytes(msgspec.json.encode(LivedRecord(staged.truth, staged.variant, record)))
            fresh.replace(path)
        except OSError as cause:
            raise BenchmarkError(
                f"cannot write {path}: {cause.strerror}; free space, or name another folder"
            ) from cause

    def path(self, staged: StagedVisit) -> Path:
        """By all that decides what the device would witness: plan, script, software and models."""
        decides = msgspec.json.encode((staged, self.software, self.models), order="deterministic")
        return self.folder / f"{staged.plan.visit_seed:010}-{hashlib.sha256(decides).hexdigest()[:16]}.json"

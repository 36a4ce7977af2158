"""Lived records in one small file that is kept with the code, so that weighing them needs no hours of living."""

import gzip
import zlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import msgspec
from msgspec import Struct

from edge_agent.perception.model_registry import read_registry
from sim.errors import BenchmarkError
from visit_record.record import VisitRecord
from visit_record.vocabulary import Typology

REGISTRY = Path(__file__).parents[3] / "models" / "registry.toml"
RECORDS = Path(__file__).with_name("records.json.gz")


class LivedRecord(Struct, frozen=True):
    """A record as a device sealed it, and beside it what no device knows: the truth, and in which way it was done."""

    truth: Typology
    variant: str
    record: VisitRecord


@dataclass(frozen=True)
class Bundle:
    """Lived visits, and what made them: the command, the software's version, SHA-256 by role of the models used."""

    command: str
    software: str
    models: Mapping[str, str]
    visits: tuple[LivedRecord, ...]

    def changed_models(self, registry: Path) -> tuple[str, ...]:
        """Roles whose model is another now than when these visits were lived: their records no longer tell of it.

        Raises:
            ModelError: the registry cannot be read.
        """
        now = {role: entry.sha256 for role, entry in read_registry(registry).items()}
        return tuple(sorted(role for role, sha256 in self.models.items() if now.get(role) != sha256))


class _Written(Struct, frozen=True, forbid_unknown_fields=True):
    """The file's JSON."""

    command: str
    software: str
    models: dict[str, str]
    visits: tuple[LivedRecord, ...]


def bundle_of(visits: Sequence[LivedRecord], command: str) -> Bundle:
    """A bundle in the order of the visits' ids.

    Raises:
        BenchmarkError: there are none, or they were not lived with the same software and models.
    """
    models: dict[str, str] = {}
    for visit in visits:
        if any(models.setdefault(role, sha256) != sha256 for role, sha256 in visit.record.models.items()):
            raise BenchmarkError("these visits were lived with different models; live them afresh in another folder")
    software = {visit.record.swversion for visit in visits}
    if len(software) != 1:
        raise BenchmarkError(f"visits of one version of the software are bundled, not of {len(software)}")
    ordered = sorted(visits, key=lambda visit: visit.record.jti)
    return Bundle(command, software.pop(), dict(sorted(models.items())), tuple(ordered))


def write_bundle(bundle: Bundle, path: Path) -> int:
    """Write a bundle, whole or not at all; the same bytes for the same bundle. How many bytes.

    Raises:
        BenchmarkError: it cannot be written.
    """
    written = _Written(bundle.command, bundle.software, dict(bundle.models), bundle.visits)
    content = gzip.compress(msgspec.json.encode(written), mtime=0)
    fresh = path.with_suffix(".new")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        fresh.write_bytes(content)
        fresh.replace(path)
    except OSError as cause:
        raise BenchmarkError(f"cannot write {path}: {cause.strerror}; name another file") from cause
    return len(content)


def read_bundle(path: Path) -> Bundle:
    """Read a bundle.

    Raises:
        BenchmarkError: it is missing, damaged or no bundle.
    """
    try:
        written = msgspec.json.decode(gzip.decompress(path.read_bytes()), type=_Written)
    except (OSError, EOFError, zlib.error) as cause:
        raise BenchmarkError(f"cannot read lived records from {path}: {cause}; live them afresh") from cause
    except msgspec.MsgspecError as cause:
        raise BenchmarkError(f"{path} holds no lived records of this version: {cause}; live them afresh") from cause
    return Bundle(written.command, written.software, written.models, written.visits)

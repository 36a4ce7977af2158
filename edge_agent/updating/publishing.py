"""For whoever publishes: a folder of files becomes a release by the manifest that is sealed into it."""

from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from msgspec import Struct

from edge_agent.errors import UpdateError
from edge_agent.perception.file_hash import FileHashes
from edge_agent.updating.environment import BUILD_LOCK, EDGE_LOCK, PROGRAM, WHEELS
from edge_agent.updating.manifest import SCHEMA, Release, ReleaseFile, seal_release
from edge_agent.updating.shelf import MANIFEST
from edge_agent.whole_files import write_whole


class Edition(Struct, frozen=True):
    """What a release is called, and which devices it is for."""

    sequence: int
    version: str
    machine: str
    python: str
    issued_at_ms: int


def publish(folder: Path, edition: Edition, key: Ed25519PrivateKey) -> Release:
    """Seal a manifest over every file of a folder into ``release.jws``.

    Raises:
        UpdateError: something that a device needs is missing, a file cannot be read, or there is a link among them.
        RefusedError: a value is out of its bounds, or there are too many files.
    """
    _require_whole(folder)
    try:
        files = tuple(_entry(folder, place) for place in _places(folder))
        release = Release(SCHEMA, files=files, **{name: getattr(edition, name) for name in edition.__struct_fields__})
        write_whole(folder / MANIFEST, seal_release(release, key))
    except OSError as cause:
        raise UpdateError(f"cannot publish {folder}: {cause.filename or ''} {cause.strerror}") from cause
    return release


def _require_whole(folder: Path) -> None:
    for name in (BUILD_LOCK, EDGE_LOCK):
        if not (folder / name).is_file():
            raise UpdateError(f"{folder / name} is missing; copy it from requirements/")
    if len(list((folder / WHEELS).glob(PROGRAM))) != 1:
        raise UpdateError(f"{folder / WHEELS} must hold one {PROGRAM}; make it with `pip wheel --no-deps .`")


def _places(folder: Path) -> list[Path]:
    """Every file below the folder, but for the manifest and what begins with a dot."""
    found = sorted(place for place in folder.rglob("*") if place.is_symlink() or not place.is_dir())
    named = [place for place in found if not any(part.startswith(".") for part in place.relative_to(folder).parts)]
    return [place for place in named if place != folder / MANIFEST]


def _entry(folder: Path, place: Path) -> ReleaseFile:
    if place.is_symlink() or not place.is_file():
        raise UpdateError(f"{place} is no plain file; put the file itself there")
    path = place.relative_to(folder)
    return ReleaseFile(path.as_posix(), FileHashes().of(place), place.stat().st_size)

"""Puts a release beside what runs: whole, and every file of it with the manifest's hash, or not at all."""

import hashlib
import os
import shutil
from collections.abc import Callable, Iterable
from pathlib import Path

from edge_agent.errors import UpdateError
from edge_agent.updating.manifest import Release, ReleaseFile
from edge_agent.updating.shelf import MANIFEST, Shelf
from edge_agent.updating.sources import Source
from edge_agent.whole_files import sync_folder, write_whole
from visit_record.bilingual import Words

# A wheel takes some two and a half times its length once it is unpacked and compiled.
ROOM_FOR_EACH_BYTE = 4
Progress = Callable[[str], None]


def stage(shelf: Shelf, source: Source, token: bytes, release: Release, progress: Progress) -> None:
    """Fetch what is missing and let the folder appear under its name, the manifest in it.

    What an interrupted attempt brought whole is kept; a file that the running release has too is not fetched again.

    Raises:
        UpdateError: a file cannot be fetched or is another than the manifest says, or there is no room.
    """
    if shelf.holds(release.name):
        check_files(shelf.folder(release.name), release)
        return
    part = shelf.part(release.name)
    part.mkdir(parents=True, exist_ok=True)
    _require_room(part, release)
    for file in release.files:
        progress(file.path)
        _bring(source, file, part, shelf)
    _remove_strangers(part, release)
    write_whole(part / MANIFEST, token)
    _settle(part, shelf.folder(release.name))


def check_files(folder: Path, release: Release) -> None:
    """Read every file of a staged release again.

    Raises:
        UpdateError: one is missing or altered.
    """
    for file in release.files:
        if not is_whole(folder / file.path, file):
            raise UpdateError(
                f"{folder / file.path} is missing or was altered after it was checked; "
                f"remove the folder {folder} and apply the release again",
                f"{folder / file.path} 缺失，或核对之后被改动；删去文件夹 {folder}，再安装一次这个版本",
            )


def mend(folder: Path, source: Source, release: Release, progress: Progress) -> bool:
    """Put back each file of a release that runs, should it be lost or altered: whole, in one step, or not at all.

    Whether there was any. A program that has one open keeps what it opened.

    Raises:
        UpdateError: a file cannot be fetched or is another than the manifest says; those before it are put back.
    """
    broken = [file for file in release.files if not is_whole(folder / file.path, file)]
    for file in broken:
        progress(file.path)
        _put_back(source, file, folder / file.path)
    return bool(broken)


def _put_back(source: Source, file: ReleaseFile, place: Path) -> None:
    place.parent.mkdir(parents=True, exist_ok=True)
    fresh = place.with_name(f".{place.name}.new")
    fresh.unlink(missing_ok=True)
    _fetch(source, file, fresh)
    fresh.replace(place)
    sync_folder(place.parent)


def is_whole(place: Path, file: ReleaseFile) -> bool:
    """Whether a place holds this file and nothing else."""
    if place.is_symlink() or not place.is_file() or place.stat().st_size != file.bytes:
        return False
    with place.open("rb") as content:
        return hashlib.file_digest(content, "sha256").hexdigest() == file.sha256


def _bring(source: Source, file: ReleaseFile, part: Path, shelf: Shelf) -> None:
    target = part / file.path
    if is_whole(target, file):
        return
    target.parent.mkdir(parents=True, exist_ok=True)
    target.unlink(missing_ok=True)
    if not _borrowed(file, target, shelf):
        _fetch(source, file, target)


def _fetch(source: Source, file: ReleaseFile, target: Path) -> None:
    source.fetch(file, target)
    if not is_whole(target, file):
        target.unlink(missing_ok=True)
        raise UpdateError(
            f"{file.path} is not the file that the manifest names (its SHA-256 or length differs); nothing of this "
            "release is used; have it published again, or look who altered it on the way",
            f"{file.path} 不是清单所列的文件（SHA-256 或长度不同），这个版本不用；请重新发布，或查清途中被谁改动",
        )


def _borrowed(file: ReleaseFile, target: Path, shelf: Shelf) -> bool:
    """Whether a release that is here has the same file under the same name: a second name costs nothing."""
    for name in shelf.names():
        held = shelf.folder(name) / file.path
        if is_whole(held, file):
            os.link(held, target)
            return True
    return False


def _require_room(part: Path, release: Release) -> None:
    needed, free = ROOM_FOR_EACH_BYTE * sum(file.bytes for file in release.files), shutil.disk_usage(part).free
    if free < needed:
        raise UpdateError(
            f"no room for release {release.name}: {needed >> 20} MiB are needed, {free >> 20} are free",
            f"放不下版本 {release.name}：需要 {needed >> 20} MiB，剩余 {free >> 20} MiB",
            Words("请腾出空间", "make room"),
        )


def _remove_strangers(part: Path, release: Release) -> None:
    """What an older attempt left: a file that no manifest names is no part of a release."""
    named = {part / file.path for file in release.files}
    for place in _files(part):
        if place not in named:
            place.unlink()


def _files(folder: Path) -> Iterable[Path]:
    return [place for place in folder.rglob("*") if place.is_symlink() or not place.is_dir()]


def _settle(part: Path, folder: Path) -> None:
    for inner in [part, *(place for place in part.rglob("*") if place.is_dir())]:
        sync_folder(inner)
    part.rename(folder)
    sync_folder(folder.parent)

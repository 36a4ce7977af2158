"""Sealed records in files, one a line, as devices and ``visit-sim history`` write them; read line by line."""

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import BinaryIO

from msgspec import Struct

from ingest_server.errors import CarriedFilesError
from visit_record.jws import MAX_BYTES

SUFFIX = ".jws"
# A record and the end of its line; what is longer is refused by its size, and never held as a whole.
_MOST_READ = MAX_BYTES + 2


class Line(Struct, frozen=True):
    """A record as it stands in a file; ``size`` is what it takes up there, its end included."""

    file: str
    number: int
    sealed: bytes
    size: int

    @property
    def place(self) -> str:
        """Where an operator finds it."""
        return f"{self.file}:{self.number}"


def carried_files(asked: Sequence[Path]) -> list[Path]:
    """The files that were named, and those of folders: every ``*.jws`` below, in the order of their names.

    Raises:
        CarriedFilesError: one is not there, or a folder has none.
    """
    return [file for path in asked for file in _files_of(path)]


def lines_of(files: Sequence[Path]) -> Iterator[Line]:
    """Every line that is not empty.

    Raises:
        OSError: a file cannot be read.
    """
    for file in files:
        with file.open("rb") as opened:
            for number, (text, size) in enumerate(_lines(opened), start=1):
                if sealed := text.rstrip(b"\r\n"):
                    yield Line(str(file), number, sealed, size)


def _files_of(path: Path) -> list[Path]:
    if path.is_file():
        return [path]
    if not path.is_dir():
        raise CarriedFilesError(f"there is no file or folder {path}; name what `visit-sim history` or a device wrote")
    found = sorted(file for file in path.rglob(f"*{SUFFIX}") if file.is_file())
    if not found:
        raise CarriedFilesError(f"{path} has no *{SUFFIX} below it; name the folder that holds the records")
    return found


def _lines(opened: BinaryIO) -> Iterator[tuple[bytes, int]]:
    while text := opened.readline(_MOST_READ):
        size, rest = len(text), text
        while not rest.endswith(b"\n") and (rest := opened.readline(_MOST_READ)):
            size += len(rest)
        # Cut where it was too long, and still longer than any record may be.
        yield text, size

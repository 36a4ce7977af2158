"""A file that is there whole or not at all."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import NamedTemporaryFile
from typing import IO

from ingest_server.errors import ExportError


@contextmanager
def whole_file(out: Path) -> Iterator[IO[bytes]]:
    """A file that takes its name once everything is in it; until then, and on any failure, there is none of it.

    Raises:
        ExportError: there is no such folder, or the name is one.
    """
    if not out.parent.is_dir() or out.is_dir():
        raise ExportError(f"{out} names no file in a folder that is there", f"{out} 所在文件夹不存在，或它本身是文件夹")
    with NamedTemporaryFile(dir=out.parent, prefix=f".{out.name}.", delete=False) as file:
        unfinished = Path(file.name)
        try:
            yield file
            file.flush()
            os.fsync(file.fileno())
            unfinished.replace(out)
        except BaseException:
            unfinished.unlink(missing_ok=True)
            raise

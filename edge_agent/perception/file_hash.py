"""SHA-256 of files, read once for as long as they do not change: a face library's landmarks are 100 MB."""

import hashlib
from pathlib import Path


class FileHashes:
    """Remembers what it read. A file counts as unchanged while its inode, length and time of change are the same."""

    def __init__(self) -> None:
        self._known: dict[Path, tuple[tuple[int, int, int], str]] = {}

    def of(self, path: Path) -> str:
        """The hash in hexadecimal.

        Raises:
            OSError: the file cannot be read.
        """
        with path.open("rb") as file:
            status = path.stat()
            mark = (status.st_ino, status.st_size, status.st_mtime_ns)
            known = self._known.get(path)
            if known is None or known[0] != mark:
                known = self._known[path] = (mark, hashlib.file_digest(file, "sha256").hexdigest())
        return known[1]

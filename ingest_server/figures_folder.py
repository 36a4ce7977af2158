"""Where the processes of one server leave their figures, so that whichever is asked can tell them all."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from tempfile import TemporaryDirectory
from typing import Final

from ingest_server.errors import ServerError

# By this name prometheus_client looks whether there is such a folder, once, when it is imported.
FOLDER: Final = "PROMETHEUS_MULTIPROC_DIR"


@contextmanager
def figures_shared_by(processes: int) -> Iterator[None]:
    """A folder of figures where there are several processes; they inherit its name. Enter it before ``bootstrap``.

    Raises:
        ServerError: the folder cannot be made.
    """
    if processes == 1:
        yield
        return
    try:
        folder = TemporaryDirectory(prefix="carewitness-figures-")
    except OSError as cause:
        raise ServerError(f"no room for the figures of several processes: {cause}; free some disk space") from cause
    with folder as name:
        os.environ[FOLDER] = name
        yield

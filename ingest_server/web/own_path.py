"""Where a form may send somebody on to."""

import re
from typing import Final

_OWN_PATH: Final = re.compile(r"/(?![/\\])[\x21-\x5b\x5d-\x7e]*")


def own_path(path: str) -> str:
    """``path`` if it leads to a page of ours, else the first page: nobody is sent on to another site."""
    return path if _OWN_PATH.fullmatch(path) else "/"

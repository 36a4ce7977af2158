"""What people write of their own, as it is kept."""

from typing import Final

from ingest_server.errors import CaseError, SaidError
from visit_record.readable import is_readable

MOST_NOTE: Final = 2_000


def kept_note(written: str | None, refused: type[SaidError] = CaseError) -> str | None:
    """A note as it is kept: lines as everybody ends them, and nothing that hides or turns what follows.

    Raises:
        SaidError: of the kind ``refused``, where it would not read as it stands.
    """
    note = (written or "").replace("\r\n", "\n").strip()
    if not is_readable(note.replace("\t", " "), lines=True):
        raise refused(
            "a note has no control characters, nor marks that turn the direction of writing", "备注含有不可见的控制字符"
        )
    return note or None

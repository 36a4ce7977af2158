"""Files that leave over HTTP: entered in the trail as an export, with how much is in them, before the first byte."""

from collections.abc import Iterator
from typing import Final

from fastapi import Request
from msgspec import Struct
from starlette.responses import StreamingResponse

from ingest_server.exports.file import MEDIA_TYPES, Exported, Format
from ingest_server.vocabulary import Deed

_CHUNK: Final = 65_536


class Leaving(Struct, frozen=True):
    """A file: its name without the ending, its form, its content, and how many rows are in it.

    ``cut`` where there were more; ``size`` in bytes, ``None`` where it is read while it is sent.
    """

    name: str
    form: Format
    content: Iterator[bytes]
    rows: int
    cut: bool = False
    size: int | None = None


async def exporting(request: Request) -> None:
    """A dependency: what this request does is an export, were it refused."""
    request.state.deed = Deed.EXPORT


def sent(request: Request, file: Leaving) -> StreamingResponse:
    """A file on its way."""
    request.state.did = f"rows:{file.rows}" + (" cut off" if file.cut else "")
    name = f"{file.name}{'-cut-off' if file.cut else ''}.{file.form}"
    headers = {"Content-Disposition": f'attachment; filename="{name}"'}
    headers |= {} if file.size is None else {"Content-Length": str(file.size)}
    return StreamingResponse(file.content, media_type=MEDIA_TYPES[file.form], headers=headers)


def written(name: str, form: Format, file: Exported) -> Leaving:
    """A file that was written whole before it leaves."""
    return Leaving(name, form, _content(file), file.rows, file.cut, file.size)


def _content(file: Exported) -> Iterator[bytes]:
    with file.content as content:
        while chunk := content.read(_CHUNK):
            yield chunk

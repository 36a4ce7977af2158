"""Files that leave over HTTP: entered in the trail as an export, with how much is in them, before the first byte."""

from collections.abc import Iterator, Mapping
from typing import Final

from anyio import fail_after
from fastapi import Request
from msgspec import Struct
from starlette.responses import StreamingResponse
from starlette.types import Receive, Scope, Send

from ingest_server.errors import ExportBrokenOffError
from ingest_server.evv import lines
from ingest_server.exports.file import MEDIA_TYPES, Exported, Format
from ingest_server.vocabulary import Deed

# By the ending of a file's name, in which the two forms of CSV are one.
_MEDIA_TYPES: Final[Mapping[str, str]] = {
    form.value: media_type for form, media_type in (*MEDIA_TYPES.items(), *lines.MEDIA_TYPES.items())
}
_CHUNK: Final = 65_536


class Leaving(Struct, frozen=True):
    """A file: its name without the ending, its form, its content, and how many rows are in it.

    ``most_s``: seconds that its reader has to take it. ``cut`` where there were more rows; ``size`` in bytes, ``None``
    where it is read while it is sent.
    """

    name: str
    form: Format | lines.Form
    content: Iterator[bytes]
    rows: int
    most_s: float
    cut: bool = False
    size: int | None = None


class _Sent(StreamingResponse):
    """A file on its way, broken off where its reader takes too long.

    Whoever stops reading holds no worker, but a connection and what is not sent yet; the file that is sent lies on the
    disk until then. Broken off is no end: a file that merely ended would look whole.
    """

    def __init__(self, file: Leaving, headers: dict[str, str]) -> None:
        super().__init__(file.content, media_type=_MEDIA_TYPES[file.form.value], headers=headers)
        self._most_s = file.most_s

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Send it.

        Raises:
            ExportBrokenOffError: it took too long.
        """
        try:
            with fail_after(self._most_s):
                await super().__call__(scope, receive, send)
        except TimeoutError as cause:
            raise ExportBrokenOffError(f"a file took longer than {self._most_s:.0f} s; take fewer days") from cause


async def exporting(request: Request) -> None:
    """A dependency: what this request does is an export, were it refused."""
    request.state.deed = Deed.EXPORT


def sent(request: Request, leaving: Leaving) -> StreamingResponse:
    """A file on its way."""
    request.state.did = f"rows:{leaving.rows}" + (" cut off" if leaving.cut else "")
    name = f"{leaving.name}{'-cut-off' if leaving.cut else ''}.{leaving.form}"
    headers = {"Content-Disposition": f'attachment; filename="{name}"'}
    headers |= {} if leaving.size is None else {"Content-Length": str(leaving.size)}
    return _Sent(leaving, headers)


def written(name: str, form: Format, file: Exported, most_s: float) -> Leaving:
    """A file that was written whole before it leaves."""
    return Leaving(name, form, _content(file), file.rows, most_s, file.cut, file.size)


def _content(file: Exported) -> Iterator[bytes]:
    with file.content as content:
        while chunk := content.read(_CHUNK):
            yield chunk

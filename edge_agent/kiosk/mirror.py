"""The mirror on the screen: pictures of a look, one after the other in one answer, which an ``<img>`` shows by itself.

``multipart/x-mixed-replace`` needs no script. Nothing is kept here: each picture is encoded for whoever asks.
"""

import asyncio
from collections.abc import AsyncIterator, Callable
from typing import Annotated, Final

import cv2
import numpy as np
from fastapi import APIRouter, Depends
from numpy.typing import NDArray
from starlette.responses import Response, StreamingResponse

from edge_agent.errors import DeskError
from edge_agent.kiosk.given import Given, given
from edge_agent.ports import Desk

WIDTH_PX: Final = 320
JPEG_QUALITY: Final = 70
EVERY_S: Final = 0.125
# A screen that is loaded again and again asks anew each time.
MOST_STREAMS: Final = 2

_EDGE: Final = b"--picture\r\n"
# The smallest GIF: one pixel, of which nothing is seen.
_NOBODY: Final = bytes.fromhex("47494638396101000100800000000000ffffff21f90401000000002c00000000010001000002024401003b")


def routes() -> APIRouter:
    """The one route, with its own count of streams."""
    router, turns = APIRouter(), Turns(MOST_STREAMS)

    @router.get("/mirror")
    async def mirror(here: Annotated[Given, Depends(given)]) -> Response:
        """What the camera sees now, as a mirror has it, as long as the look lasts; 204 where there is none."""
        try:
            here.desk.mirror()
        except DeskError:
            return Response(status_code=204)
        return StreamingResponse(
            _parts(here.desk, turns.next()), media_type="multipart/x-mixed-replace; boundary=picture"
        )

    return router


class Turns:
    """The newest few go on; whoever is older ends by itself. For one event loop."""

    def __init__(self, most: int) -> None:
        """Nobody has come."""
        self._most = most
        self._came = 0

    def next(self) -> Callable[[], bool]:
        """Another one comes; whether it may go on."""
        self._came += 1
        mine = self._came
        return lambda: self._came - mine < self._most


def jpeg(rgb: NDArray[np.uint8]) -> bytes:
    """A picture, uint8 [height, width, 3], as whoever stands before it sees themselves in a mirror."""
    height, width = rgb.shape[:2]
    across = min(WIDTH_PX, width)
    small = cv2.resize(rgb, (across, max(1, round(height * across / width))), interpolation=cv2.INTER_AREA)
    # Columns the other way about, and blue first, as OpenCV has it.
    turned = np.ascontiguousarray(small[:, ::-1, ::-1])
    return cv2.imencode(".jpg", turned, [cv2.IMWRITE_JPEG_QUALITY, JPEG_QUALITY])[1].tobytes()


async def _parts(desk: Desk, may_go_on: Callable[[], bool]) -> AsyncIterator[bytes]:
    """Begins and ends with nobody: a page is loaded before the camera is, and stays where no script takes it away."""
    shown_ms: int | None = None
    yield _EDGE + _part("image/gif", _NOBODY)
    while may_go_on():
        try:
            part, shown_ms = _newer(desk, shown_ms)
        except DeskError:
            break
        if part:
            yield part
        await asyncio.sleep(EVERY_S)
    yield _part("image/gif", _NOBODY)


def _newer(desk: Desk, shown_ms: int | None) -> tuple[bytes, int | None]:
    """The next part, and the moment that it shows; nothing where that is shown already."""
    frame = desk.mirror()
    if frame is None or frame.at_ms == shown_ms:
        return b"", shown_ms
    return _part("image/jpeg", jpeg(frame.rgb)), frame.at_ms


def _part(kind: str, picture: bytes) -> bytes:
    """With the edge behind it: a browser shows a part once it has seen where it ends."""
    return f"Content-Type: {kind}\r\nContent-Length: {len(picture)}\r\n\r\n".encode() + picture + b"\r\n" + _EDGE

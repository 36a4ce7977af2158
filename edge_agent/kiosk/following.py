"""Live state: a page is sent its changed parts as they change, by server-sent events."""

import asyncio
from collections.abc import AsyncIterator
from functools import partial
from typing import Annotated

import msgspec
from fastapi import APIRouter, Depends, Request
from starlette.responses import StreamingResponse

from edge_agent.kiosk.given import Given, given
from edge_agent.kiosk.screens import Live, Screen, live

# The clock on the wall goes on, and midnight passes, though nothing happens; and a page that hears nothing for long
# holds the device to be gone (static/kiosk.js).
AT_LEAST_EVERY_S = 5.0

router = APIRouter()


@router.get("/events/{screen}")
async def events(screen: Screen, request: Request, here: Annotated[Given, Depends(given)]) -> StreamingResponse:
    """What changes on one page, and which page is due, until it is left; the latter also where nothing changes."""
    return StreamingResponse(_messages(screen, request, here), media_type="text/event-stream")


async def _messages(screen: Screen, request: Request, here: Given) -> AsyncIterator[bytes]:
    sent: dict[str, str] = {}
    waiting = partial(asyncio.get_running_loop().run_in_executor, here.followers)
    # A browser that lost us asks again after so many milliseconds.
    yield b"retry: 1000\n\n"
    while not await request.is_disconnected():
        view = await waiting(here.desk.view)
        if view.closed:
            return
        now = live(view, here.tongue, here.zone, screen)
        changed = {name: text for name, text in now.regions.items() if sent.get(name) != text}
        yield b"data: " + msgspec.json.encode(Live(now.screen, changed)) + b"\n\n"
        sent = now.regions
        await waiting(here.desk.await_change, view.version, AT_LEAST_EVERY_S)

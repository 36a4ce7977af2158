"""How the process that serves the pages is set, for as long as it serves them."""

import gc
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Final

from anyio import to_thread
from fastapi import FastAPI

from ingest_server.web.rendering import compile_templates

# Of answers that are worked on at once. Threads take the interpreter from each other: with forty of them, as many as
# there are unless it is said, a page costs a fifth more. Those who have or await a turn (`turns`) take eight at most.
THREADS: Final = 12
# New objects until the garbage collector looks: a large page makes some ten thousand, nearly all of them in no circle.
NEW_OBJECTS: Final = 5_000


@asynccontextmanager
async def serving(app: FastAPI) -> AsyncIterator[None]:
    """Set the process, and set it back in the end, when nothing draws any more."""
    to_thread.current_default_thread_limiter().total_tokens = THREADS
    before = gc.get_threshold()
    # The API's document is made here: it takes a tenth of a second, and whoever asked for it first would wait.
    app.openapi()
    compile_templates()
    # What the program is made of, two hundred thousand objects, stays until it ends: to look through it took a tenth of
    # a second, in the middle of somebody's page.
    gc.collect()
    gc.freeze()
    gc.set_threshold(NEW_OBJECTS, *before[1:])
    try:
        yield
    finally:
        gc.set_threshold(*before)
        gc.unfreeze()
        await to_thread.run_sync(app.state.parts.drawings.close)

"""The screen's server, in a thread beside the witness."""

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager

import uvicorn
from fastapi import FastAPI

from edge_agent.errors import SettingsError
from visit_record.bilingual import Words

HOST = "127.0.0.1"
_START_S, _END_S = 10.0, 5.0


@contextmanager
def served(app: FastAPI, port: int) -> Iterator[str]:
    """Serve to this machine alone, as long as the context lasts; the address. Port 0 is any that is free.

    Raises:
        SettingsError: the port is taken.
    """
    config = uvicorn.Config(
        app, host=HOST, port=port, log_config=None, access_log=False, lifespan="off", timeout_graceful_shutdown=1
    )
    server = uvicorn.Server(config)
    thread = threading.Thread(target=_run, args=(server,), name="kiosk", daemon=True)
    thread.start()
    try:
        _await_start(server, thread, port)
        yield f"http://{HOST}:{server.servers[0].sockets[0].getsockname()[1]}"
    finally:
        server.should_exit = True
        thread.join(_END_S)


def _run(server: uvicorn.Server) -> None:
    try:
        server.run()
    except SystemExit:
        # How uvicorn says that the port is taken; whoever waits for the start sees that the thread has ended.
        return


def _await_start(server: uvicorn.Server, thread: threading.Thread, port: int) -> None:
    until_s = time.monotonic() + _START_S
    while not server.started:
        if not thread.is_alive() or time.monotonic() > until_s:
            raise SettingsError(
                f"the screen cannot be served at {HOST}:{port}; another program may have the port",
                f"屏幕页面不能在 {HOST}:{port} 提供；端口可能被别的程序占用",
                Words("请停下那个程序", "stop that program"),
            )
        time.sleep(0.02)

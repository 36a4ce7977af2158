"""Pages served by several processes: as one server, for whoever asks, and for whoever ends it."""

import os
import re
import signal
import socket
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from multiprocessing import active_children
from multiprocessing.process import BaseProcess
from pathlib import Path

import httpx
import pytest

from ingest_server.page_processes import PageProcesses
from ingest_server.page_server import PATIENCE_S, listening
from ingest_server.settings import ServerSettings, default_database_url
from ingest_server.store.database import Database
from sim.demo.children import answers
from tests.whole import Server, amqtt, await_true, free_port, running_server

PROCESSES = 2
HALF_A_FORM = b"""POST /login HTTP/1.1
Host: localhost
Origin: http://localhost
Content-Type: application/x-www-form-urlencoded
Content-Length: 1000

name="""


@pytest.fixture
def server(tmp_path: Path) -> Iterator[Server]:
    with amqtt(tmp_path) as broker_url, running_server(tmp_path, broker_url, PROCESSES) as server:
        await_true(lambda: len(pages_of(server)) == PROCESSES and server.log.read_text().count("serving") > 0)
        yield server


def pages_of(server: Server) -> list[int]:
    """The processes that serve pages, by the sockets that listen on the port of the server."""
    assert server.process is not None
    listening = f"0100007F:{server.port:04X} 00000000:0000 0A"
    found = {line.split()[9] for line in Path("/proc/net/tcp").read_text().splitlines() if listening in line}
    children = Path(f"/proc/{server.process.pid}/task/{server.process.pid}/children").read_text().split()
    return [int(child) for child in children if found & sockets_of(int(child))]


def sockets_of(process: int) -> set[str]:
    folder = Path(f"/proc/{process}/fd")
    links = [str(file.readlink()) for file in folder.iterdir() if file.is_symlink()]
    return {match[1] for link in links if (match := re.fullmatch(r"socket:\[(\d+)\]", link))}


def asked(server: Server, path: str) -> httpx.Response:
    """Over a connection of its own, which the system gives to any of them."""
    return httpx.get(f"{server.service.address}{path}", trust_env=False)


def test_whichever_process_is_asked_tells_the_figures_of_all_and_all_end_when_they_are_told(server: Server) -> None:
    await_true(lambda: asked(server, "/healthz").status_code == httpx.codes.OK)
    before = server.metric('carewitness_web_request_seconds_count{method="GET",route="/healthz",status="200"}')
    for _ in range(40):
        assert asked(server, "/healthz").text == "ok\n"
    told = [asked(server, "/metrics").text for _ in range(10)]
    counts = {re.findall(r'seconds_count{method="GET",route="/healthz",status="200"} (\S+)', text)[0] for text in told}
    assert counts == {str(before + 40)}
    assert all("carewitness_intake_connected 1.0" in text for text in told)

    assert server.process is not None
    pages = pages_of(server)
    server.process.terminate()
    assert server.process.wait(30) == 0
    assert not any(alive(process) for process in pages)
    assert "Traceback" not in server.log.read_text()


def test_where_one_ends_by_itself_the_server_says_so_and_ends(server: Server) -> None:
    assert server.process is not None
    pages = pages_of(server)
    os.kill(pages[0], signal.SIGKILL)
    assert server.process.wait(30) == 1
    assert not any(alive(process) for process in pages)
    last = server.log.read_text().strip().splitlines()[-1]
    assert "pages-" in last
    assert "(-9); see the lines above, and start again" in last


@pytest.mark.long
def test_where_the_first_is_killed_nobody_shows_pages_that_look_like_a_quiet_day(server: Server) -> None:
    pages = pages_of(server)
    server.kill()
    await_true(lambda: not any(alive(process) for process in pages))
    server.start()
    await_true(lambda: asked(server, "/healthz").status_code == httpx.codes.OK)


def test_each_ends_in_order_when_it_is_told_and_closes_its_store(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PROMETHEUS_MULTIPROC_DIR", str(tmp_path))
    settings = ServerSettings(
        data_dir=tmp_path, broker_url="mqtt://none", database_url=default_database_url(tmp_path), port=free_port()
    )
    Database(settings.database_url).require_current()
    with listening(settings.host, settings.port, PROCESSES) as listeners:
        pages = PageProcesses(settings, listeners, lambda: True)
        with ThreadPoolExecutor(1) as beside:
            told = beside.submit(stopped_once_it_serves, pages, settings.port)
            pages.run()
        assert [process.exitcode for process in told.result()] == [0, 0]


def stopped_once_it_serves(pages: PageProcesses, port: int) -> list[BaseProcess]:
    await_true(lambda: answers("127.0.0.1", port) and len(active_children()) == PROCESSES)
    httpx.get(f"http://127.0.0.1:{port}/healthz", trust_env=False, timeout=60)
    found: list[BaseProcess] = list(active_children())
    pages.stop()
    return found


@pytest.mark.long
@pytest.mark.parametrize("processes", [1, PROCESSES])
def test_whoever_never_finishes_asking_keeps_no_server_from_ending(tmp_path: Path, processes: int) -> None:
    with amqtt(tmp_path) as broker_url, running_server(tmp_path, broker_url, processes) as server:
        await_true(lambda: asked(server, "/healthz").status_code == httpx.codes.OK)
        assert server.process is not None
        with socket.create_connection(("127.0.0.1", server.port)) as slow:
            slow.sendall(HALF_A_FORM)
            time.sleep(1)
            server.process.terminate()
            assert server.process.wait(PATIENCE_S + 20) == 0


def alive(process: int) -> bool:
    try:
        return "\nState:\tZ" not in Path(f"/proc/{process}/status").read_text()
    except FileNotFoundError:
        return False

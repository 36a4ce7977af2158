"""`ingest-server run` on a machine that lacks something: one clear line, a non-zero exit, no traceback."""

import asyncio
import resource
import signal
import socket
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

from ingest_server.page_server import listening
from ingest_server.store.changes import By
from ingest_server.store.database import Database
from ingest_server.store.rule_sets import enter_shipped
from tests.ingest_server.rules.documents import SHIPPED_VERSION, shipped_as
from tests.whole import amqtt, free_port


def run(folder: Path, *options: str, before: Callable[[], None] | None = None) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "ingest_server", "run", "--data-dir", str(folder / "server"), *options]
    return subprocess.run(command, capture_output=True, text=True, timeout=60, check=False, preexec_fn=before)


def assert_one_clear_line(done: subprocess.CompletedProcess[str], *words: str) -> None:
    said = [line for line in done.stderr.splitlines() if not line.startswith("{")]
    assert done.returncode == 1
    assert len(said) == 1, done.stderr
    assert "Traceback" not in done.stdout + done.stderr
    assert all(word in said[0] for word in words), said


def test_no_broker(tmp_path: Path) -> None:
    url = f"mqtt://127.0.0.1:{free_port()}"
    assert_one_clear_line(run(tmp_path, "--broker", url, "--port", str(free_port())), "no broker at", url)


def test_what_is_no_brokers_address(tmp_path: Path) -> None:
    done = run(tmp_path, "--broker", "mqtt://user:s3cret@127.0.0.1", "--port", str(free_port()))
    assert_one_clear_line(done, "mqtt://host:port")
    assert "s3cret" not in done.stderr


def test_port_that_is_taken(tmp_path: Path) -> None:
    with amqtt(tmp_path) as broker_url, socket.create_server(("127.0.0.1", 0)) as taken:
        port = str(taken.getsockname()[1])
        assert_one_clear_line(run(tmp_path, "--broker", broker_url, "--port", port), port, "choose another port")


def test_an_answers_body_does_not_wait_until_its_head_is_acknowledged() -> None:
    async def accepted() -> bool:
        taken: asyncio.Queue[asyncio.Transport] = asyncio.Queue()

        class Taking(asyncio.Protocol):
            def connection_made(self, transport: asyncio.BaseTransport) -> None:
                assert isinstance(transport, asyncio.Transport)
                taken.put_nowait(transport)

        port = free_port()
        with listening("127.0.0.1", port) as (listener,):
            async with await asyncio.get_running_loop().create_server(Taking, sock=listener):
                _, writer = await asyncio.open_connection("127.0.0.1", port)
                transport = await taken.get()
                found = transport.get_extra_info("socket").getsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY)
                transport.close()
                writer.close()
                return bool(found)

    assert asyncio.run(accepted())


def test_key_that_is_no_key(tmp_path: Path) -> None:
    (tmp_path / "server").mkdir()
    (tmp_path / "server" / "server.key").write_bytes(b"not a key")
    assert_one_clear_line(run(tmp_path), "server.key", "restore it from its backup")


def test_database_that_is_something_else(tmp_path: Path) -> None:
    (tmp_path / "server").mkdir()
    (tmp_path / "server" / "carewitness.db").write_bytes(b"a letter to the fund, not a database" * 100)
    assert_one_clear_line(run(tmp_path), "not a database", "restore a backup")


def test_live_rules_that_the_calibration_makes_too_low(tmp_path: Path) -> None:
    database = Database(f"sqlite:///{tmp_path / 'server' / 'carewitness.db'}")
    (tmp_path / "server").mkdir()
    database.migrate()
    with database.writing() as connection:
        enter_shipped(connection, "low", shipped_as("low", ("review = 0.5", "review = 0.05")), By("auditor", 0))
    database.close()
    assert_one_clear_line(run(tmp_path), "one cue alone", f"`ingest-server rules publish {SHIPPED_VERSION}`")


def test_full_disk(tmp_path: Path) -> None:
    def full() -> None:
        # What a full disk says to every byte, without filling one.
        signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
        resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))

    assert_one_clear_line(run(tmp_path, "--page-processes", "1", before=full), "cannot store a key")
    assert_one_clear_line(run(tmp_path, "--page-processes", "2", before=full), "free some disk space")
    assert not list((tmp_path / "server").iterdir())

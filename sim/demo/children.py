"""Programs that the demo starts, waits for, and ends again."""

import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from sim.errors import DemoError

START_TIMEOUT_S = 60.0
STOP_TIMEOUT_S = 10.0


def require_free(port: int, option: str) -> None:
    """Refuse a port that another program listens on.

    Raises:
        DemoError: it is taken.
    """
    if answers("127.0.0.1", port):
        raise DemoError(f"port {port} is taken by another program; choose another with {option}")


def answers(host: str, port: int) -> bool:
    """Whether something listens there."""
    with socket.socket() as probe:
        probe.settimeout(2.0)
        return probe.connect_ex((host, port)) == 0


@contextmanager
def child(arguments: Sequence[str], log: Path, port: int) -> Iterator[None]:
    """Run ``python -m …`` until the block ends; its output goes to ``log``.

    Raises:
        DemoError: it ended, or did not listen on ``port`` in time.
    """
    with log.open("wb") as output:
        process = subprocess.Popen([sys.executable, "-m", *arguments], stdout=output, stderr=subprocess.STDOUT)
        try:
            _await_listening(process, arguments[0], log, port)
            yield
        finally:
            _stop(process)


def command(arguments: Sequence[str], given: str = "") -> str:
    """Run ``python -m …`` to its end; what it printed.

    Raises:
        DemoError: it failed; with its own words.
    """
    done = subprocess.run(
        [sys.executable, "-m", *arguments], input=given, capture_output=True, text=True, check=False, env=os.environ
    )
    if done.returncode != 0:
        raise DemoError(f"{arguments[0]} {arguments[1]} failed: {done.stderr.strip()}")
    return done.stdout.strip()


def _await_listening(process: subprocess.Popen[bytes], name: str, log: Path, port: int) -> None:
    give_up_at_s = time.monotonic() + START_TIMEOUT_S
    while not answers("127.0.0.1", port):
        if process.poll() is not None:
            raise DemoError(f"{name} ended at once: {_last_line(log)}")
        if time.monotonic() > give_up_at_s:
            raise DemoError(f"{name} does not listen on port {port} after {START_TIMEOUT_S:.0f} s; see {log}")
        time.sleep(0.1)


def _last_line(log: Path) -> str:
    lines = log.read_text("utf-8", "replace").strip().splitlines()
    return lines[-1] if lines else "it said nothing"


def _stop(process: subprocess.Popen[bytes]) -> None:
    process.terminate()
    try:
        process.wait(STOP_TIMEOUT_S)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()

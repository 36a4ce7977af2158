"""Two machines and the cable between them, as network namespaces that end with the test."""

import os
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

import pytest

_LISTEN = """
import selectors, socket, sys
waiting = selectors.DefaultSelector()
for place in sys.argv[1:]:
    kind, host, port = place.split(":")
    line = socket.socket(socket.AF_INET, socket.SOCK_STREAM if kind == "tcp" else socket.SOCK_DGRAM)
    line.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    line.bind((host, int(port)))
    if kind == "tcp":
        line.listen()
    waiting.register(line, selectors.EVENT_READ, kind)
print("ready", flush=True)
while True:
    for key, _ in waiting.select():
        if key.data == "tcp":
            key.fileobj.accept()[0].close()
        else:
            content, whence = key.fileobj.recvfrom(64)
            key.fileobj.sendto(content, whence)
"""
_ASK = """
import socket, sys
kind, _, where = sys.argv[1].partition(":")
host, _, port = where.partition(":")
line = socket.socket(socket.AF_INET, socket.SOCK_STREAM if kind == "tcp" else socket.SOCK_DGRAM)
line.settimeout(2)
try:
    line.connect((host, int(port)))
    if kind == "udp":
        line.send(b"?")
        line.recv(1)
    print("reached")
except TimeoutError:
    print("silent")
except OSError as error:
    print("refused")
"""


@dataclass(frozen=True)
class Host:
    """One end of the cable."""

    name: str

    def run(self, *command: str, stdin: str | None = None, env: dict[str, str] | None = None) -> str:
        inside = ["ip", "netns", "exec", self.name, *command]
        done = subprocess.run(
            inside, input=stdin, capture_output=True, text=True, timeout=60, check=False, env=os.environ | (env or {})
        )
        assert done.returncode == 0, done.stderr
        return done.stdout.strip()

    def ask(self, place: str, user: str | None = None) -> str:
        """Whether ``tcp:host:port`` or ``udp:host:port`` is reached from here, refused at once, or silent."""
        become = ["setpriv", f"--reuid={user}", "--clear-groups"] if user else []
        # The system's Python: another user may not read a virtual environment in root's home.
        return self.run(*become, "/usr/bin/python3", "-c", _ASK, place)

    @contextmanager
    def listening(self, *places: str) -> Iterator[None]:
        command = ["ip", "netns", "exec", self.name, sys.executable, "-c", _LISTEN, *places]
        with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as listener:
            try:
                assert listener.stdout is not None
                assert listener.stdout.readline() == "ready\n"
                yield
            finally:
                listener.kill()


@contextmanager
def cable(device: str, *site: str) -> Iterator[tuple[Host, Host]]:
    """A device with one address, and a site with several, in 10.77.0.0/24."""
    if os.geteuid() != 0 or shutil.which("ip") is None:
        pytest.skip("network namespaces need root and Debian's iproute2")
    # Short: the name of an interface has 15 letters at most.
    mark = f"{os.getpid() % 10**5:05d}{time.monotonic_ns() % 1000:03d}"
    ends = Host(f"cwd{mark}"), Host(f"cws{mark}")
    made = [subprocess.run(["ip", "netns", "add", end.name], check=False, capture_output=True) for end in ends]
    try:
        if any(one.returncode for one in made):
            pytest.skip(f"no network namespace can be made here: {made[0].stderr!r}")
        _connect(ends, [device], list(site))
        yield ends
    finally:
        for end in ends:
            subprocess.run(["ip", "netns", "del", end.name], check=False, capture_output=True)


def _connect(ends: tuple[Host, Host], *addresses: list[str]) -> None:
    first, second = ends
    link = ["ip", "link", "add", "cable", "netns", first.name, "type", "veth", "peer", "cable", "netns", second.name]
    subprocess.run(link, check=True, capture_output=True)
    for end, own in zip(ends, addresses, strict=True):
        for address in own:
            end.run("ip", "addr", "add", f"{address}/24", "dev", "cable")
        end.run("ip", "link", "set", "cable", "up")
        end.run("ip", "link", "set", "lo", "up")

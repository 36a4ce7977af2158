"""A supervisor as systemd is one: a datagram socket that keeps what it is told."""

import socket
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field


@dataclass
class Listening:
    line: socket.socket
    heard: list[str] = field(default_factory=list)

    def all(self) -> list[str]:
        """Everything that was told so far."""
        while True:
            try:
                self.heard.append(self.line.recv(4096, socket.MSG_DONTWAIT).decode())
            except BlockingIOError:
                return self.heard


@contextmanager
def listening(address: str) -> Iterator[Listening]:
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as line:
        line.bind("\0" + address[1:] if address.startswith("@") else address)
        yield Listening(line)

"""A connection to gpsd as lines: watched, bounded in time and in length."""

import socket
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import dataclass

WATCH = b'?WATCH={"enable":true,"json":true};\n'
# gpsd's own longest report has 10,240 bytes.
LONGEST_LINE_BYTES = 65_536
READ_BYTES = 65_536
CONNECT_S = 5.0


@dataclass(slots=True)
class Lines:
    """Cuts bytes into lines; what grows beyond the longest report without a line break is dropped."""

    _rest: bytes = b""

    def cut(self, heard: bytes) -> list[bytes]:
        """The lines that are whole now, without their breaks."""
        *whole, rest = (self._rest + heard).split(b"\n")
        self._rest = b"" if len(rest) > LONGEST_LINE_BYTES else rest
        return whole


def watched(host: str, port: int, timeout_s: float = CONNECT_S) -> socket.socket:
    """Connect, and ask for reports.

    Raises:
        OSError: nobody listens there, or answers in time.
    """
    connection = socket.create_connection((host, port), timeout_s)
    try:
        connection.sendall(WATCH)
    except OSError:
        connection.close()
        raise
    return connection


def lines_of(connection: socket.socket, tick_s: float, is_over: Callable[[], bool]) -> Iterator[bytes]:
    """Lines until the peer closes or ``is_over``, which is asked each time that bytes come, and each ``tick_s``.

    Closes the connection at the end, however that comes.

    Raises:
        OSError: the connection broke.
    """
    cutter = Lines()
    with closing(connection):
        connection.settimeout(tick_s)
        while not is_over():
            try:
                heard = connection.recv(READ_BYTES)
            except TimeoutError:
                continue
            if not heard:
                return
            yield from cutter.cut(heard)

"""A position receiver that stands still: its serial line is a pseudo-terminal, on which it says NMEA once a second."""

import os
import pty
import threading
import tty
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from functools import reduce
from operator import xor
from pathlib import Path

LATITUDE, LONGITUDE = "3113.2000,N", "12128.2000,E"
SATELLITES = "01,02,03,04,05,06,07,08,,,,"


@contextmanager
def terminal() -> Iterator[str]:
    """The name of a line that nobody speaks on."""
    with _line() as (_, name):
        yield name


@contextmanager
def receiver() -> Iterator[str]:
    """The name of the receiver's line, as long as it speaks."""
    with _line() as (ours, name):
        over = threading.Event()
        speaking = threading.Thread(target=_speak, args=(ours, over), daemon=True)
        speaking.start()
        yield name
        over.set()
        speaking.join()


@contextmanager
def _line() -> Iterator[tuple[int, str]]:
    ours, theirs = pty.openpty()
    tty.setraw(theirs)
    name = Path(os.ttyname(theirs))
    # As udev gives it to those who read it.
    name.chmod(0o666)
    yield ours, str(name)
    os.close(ours)
    os.close(theirs)


def _speak(line: int, over: threading.Event) -> None:
    os.set_blocking(line, False)
    while not over.wait(1.0):
        now = datetime.now(UTC)
        for said in _sentences(f"{now:%H%M%S}.00", f"{now:%d%m%y}"):
            _write(line, said)


def _write(line: int, said: str) -> None:
    try:
        os.write(line, said.encode("ascii"))
    except BlockingIOError:
        # Nobody reads yet; a receiver does not wait for that.
        return


def _sentences(time: str, date: str) -> Iterator[str]:
    for body in (
        f"GPGGA,{time},{LATITUDE},{LONGITUDE},1,08,0.9,12.0,M,0.0,M,,",
        f"GPGSA,A,3,{SATELLITES},1.6,0.9,1.3",
        f"GPRMC,{time},A,{LATITUDE},{LONGITUDE},0.0,0.0,{date},,,A",
    ):
        yield f"${body}*{reduce(xor, body.encode('ascii')):02X}\r\n"

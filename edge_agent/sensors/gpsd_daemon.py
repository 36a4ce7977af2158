"""A gpsd that belongs to us: its source is a pseudo-terminal, its port is on loopback, and it ends when we do."""

import os
import select
import shutil
import socket
import subprocess
import time
import tty
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import BinaryIO

from edge_agent.errors import SensorError
from edge_agent.sensors.gpsd_lines import READ_BYTES, Lines, watched
from visit_record.bilingual import Words

START_S = 10.0
END_S = 2.0
TICK_S = 0.05
PIECE_BYTES = 256
# Ends a log in gpsd's own test harness; the empty lines before it fill up a packet that the log broke off.
END_MARK = b"\n" * 2048 + b"# EOF\n"
_WATCHED = b'"class":"WATCH"'
# gpsd also writes what it hears into shared memory, under this key: never into that of the machine's own gpsd.
_SHM_KEY = 0x43574954
# Any speed does for a pseudo-terminal; given none, gpsd would try them all and drop what it read meanwhile.
_LINE = ("-s", "38400", "-f", "8N1")


@contextmanager
def pseudo_terminal() -> Iterator[tuple[int, str]]:
    """Our end, which never blocks, and the path of the other end, open to the user that gpsd turns into.

    Raises:
        OSError: the machine gives none.
    """
    master, slave = os.openpty()
    try:
        tty.setraw(slave)
        os.set_blocking(master, False)
        device = os.ttyname(slave)
        if os.geteuid() == 0:
            # Started as root, gpsd becomes a user who may not open what is root's.
            Path(device).chmod(0o666)
        yield master, device
    finally:
        os.close(slave)
        os.close(master)


@contextmanager
def running(gpsd: Path, device: str, start_s: float) -> Iterator[socket.socket]:
    """Start gpsd on the device, and watch it; it only listens to the device, and never writes to it.

    Raises:
        SensorError: it does not answer.
        OSError: it cannot be started.
    """
    port = _free_port()
    command = [str(gpsd), "-N", "-b", *_LINE, "-S", str(port), device]
    silent = subprocess.DEVNULL
    environment = os.environ | {"GPSD_SHM_KEY": f"{_SHM_KEY:#010x}"}
    with subprocess.Popen(command, stdin=silent, stdout=silent, stderr=silent, env=environment) as daemon:
        try:
            with closing(_connected(daemon, port, start_s)) as connection:
                yield connection
        finally:
            daemon.terminate()
            try:
                daemon.wait(END_S)
            except subprocess.TimeoutExpired:
                daemon.kill()
            forget_shared_memory(_SHM_KEY)


def forget_shared_memory(key: int) -> None:
    """Remove what a gpsd that has ended left in shared memory for everybody to read: the last place it heard.

    Without Debian's util-linux it stays there until the machine starts anew.
    """
    ipcrm = shutil.which("ipcrm")
    if ipcrm:
        subprocess.run([ipcrm, "-M", str(key)], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, check=False)


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


_BY_HAND = Words("请手工试：gpsd -N -D 2 加串口设备", "try it by hand: gpsd -N -D 2 with a serial device")


def _connected(daemon: "subprocess.Popen[bytes]", port: int, start_s: float) -> socket.socket:
    give_up_at_s = time.monotonic() + start_s
    while daemon.poll() is None and time.monotonic() < give_up_at_s:
        with suppress(ConnectionRefusedError):
            return watched("127.0.0.1", port)
        time.sleep(TICK_S)
    raise SensorError("gpsd did not start", "gpsd 没有启动", _BY_HAND)


@dataclass
class Feed:
    """Gives a log to gpsd and takes its reports by turns: neither side's buffer may fill while the other waits.

    ``master`` is our end of gpsd's device, ``connection`` a watch on it. ``limit_s`` bounds the whole; once all is
    given, ``silence_s`` without a report is the end.
    """

    content: BinaryIO
    master: int
    connection: socket.socket
    limit_s: float
    silence_s: float
    _rest: bytes = b""
    _is_marked: bool = False
    _is_watched: bool = False
    _stirred_s: float = 0.0
    _cutter: Lines = field(default_factory=Lines)

    def lines(self) -> Iterator[bytes]:
        """Lines of gpsd, until it has read the log and keeps silent; fewer where the caller has heard enough.

        Raises:
            SensorError: gpsd ended, or took longer than ``limit_s``.
            OSError: the connection or the device broke.
        """
        self._stirred_s = started_s = time.monotonic()
        self._refill()
        while self._rest or time.monotonic() - self._stirred_s < self.silence_s:
            if time.monotonic() - started_s > self.limit_s:
                raise SensorError(
                    f"gpsd did not read the log within {self.limit_s:.0f} s",
                    f"gpsd 在 {self.limit_s:.0f} 秒内没有读完日志",
                    Words("请取其中一段再试", "try a part of it"),
                )
            yield from self._turn()

    def _turn(self) -> list[bytes]:
        # Until gpsd has answered the watch it has not opened the device, and drops what was written before.
        giving = [self.master] if self._is_watched and self._rest else []
        readable, writable, _ = select.select([self.connection], giving, [], TICK_S)
        if writable:
            self._stirred_s = time.monotonic()
            self._rest = self._rest[os.write(self.master, self._rest) :]
            self._refill()
        return self._taken() if readable else []

    def _refill(self) -> None:
        self._rest = self._rest or self.content.read(PIECE_BYTES)
        if not self._rest and not self._is_marked:
            self._rest, self._is_marked = END_MARK, True

    def _taken(self) -> list[bytes]:
        self._stirred_s = time.monotonic()
        heard = self.connection.recv(READ_BYTES)
        if not heard:
            raise SensorError("gpsd ended before the log did", "gpsd 没有读完日志就结束了", _BY_HAND)
        lines = self._cutter.cut(heard)
        self._is_watched = self._is_watched or any(_WATCHED in line for line in lines)
        return lines

"""gpsd's own reading of a log, played by its test harness ``gpsfake`` to a gpsd of its own on loopback."""

import contextlib
import json
import os
import shutil
import signal
import socket
import subprocess
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import NamedTuple

from edge_agent.sensors.gpsd_daemon import forget_shared_memory
from edge_agent.sensors.gpsd_player import find_gpsd

WATCH = '?WATCH={"enable":true,"json":true}'
LONGEST_S = 90.0
PLAYS = 3


class Tpv(NamedTuple):
    """A fix as gpsd told it; the time is the receiver's, ``None`` before gpsd knows it."""

    utc_ms: int | None
    latitude_deg: float
    longitude_deg: float


def is_there() -> bool:
    """Whether this machine has gpsd and gpsfake: Debian's gpsd and gpsd-clients."""
    return shutil.which("gpsfake") is not None and find_gpsd() is not None


def fixes(log: Path) -> Iterator[Tpv]:
    """Every fix that gpsd tells when the log is played once.

    Raises:
        TimeoutError: the play takes longer than :data:`LONGEST_S`.
        RuntimeError: gpsd had no receiver in any of :data:`PLAYS` plays.
    """
    for line in _heard(log).splitlines():
        told = json.loads(line) if line.startswith('{"class":"TPV"') else {}
        if told.get("mode", 0) >= 2 and "lat" in told:
            at = told.get("time")
            utc_ms = None if at is None else round(datetime.fromisoformat(at).timestamp() * 1000)
            yield Tpv(utc_ms, told["lat"], told["lon"])


def _heard(log: Path) -> str:
    # gpsfake 3.22 speaks to gpsd once its control socket has a name, perhaps before gpsd listens there; refused, it
    # says nothing, and plays to nobody.
    for _ in range(PLAYS):
        told = _played(log)
        if '"class":"DEVICE"' in told:
            return told
    raise RuntimeError(f"gpsfake told its gpsd of no receiver in {PLAYS} plays of {log}")


def _played(log: Path) -> str:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    command = ["gpsfake", "-1", "-p", "-q", "-c", "0.0", "-P", str(port), "-r", WATCH, str(log)]
    # A session of its own, so that the gpsd which gpsfake starts ends with it.
    with subprocess.Popen(
        command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True, start_new_session=True
    ) as player:
        try:
            return player.communicate(timeout=LONGEST_S)[0]
        except subprocess.TimeoutExpired as cause:
            raise TimeoutError(f"gpsfake plays {log} for more than {LONGEST_S:.0f} s") from cause
        finally:
            with contextlib.suppress(ProcessLookupError):
                os.killpg(player.pid, signal.SIGKILL)
            # Under the key that gpsfake makes of the port.
            forget_shared_memory(0x47700000 + port)

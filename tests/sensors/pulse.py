"""A PulseAudio of the test's own: a room that hears what is played into it, ended with the test."""

import os
import shutil
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pytest
import soundfile
from numpy.typing import NDArray

START_S = 30.0
ROOM = "room"


@dataclass(frozen=True)
class PulseRoom:
    """``server`` is for ``PULSE_SERVER``; what is played into the null sink comes out of its monitor."""

    folder: Path
    server: str

    def control(self, *words: str) -> None:
        """Run pactl."""
        subprocess.run(["pactl", "--server", self.server, *words], check=True, timeout=30, capture_output=True)

    @contextmanager
    def playing(self, samples: NDArray[np.float32], rate_hz: int) -> Iterator[None]:
        """Play sound into the room until the block is over."""
        path = self.folder / "played.wav"
        soundfile.write(path, samples, rate_hz)
        command = ["paplay", "--server", self.server, f"--device={ROOM}", str(path)]
        with subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as player:
            try:
                yield
            finally:
                player.terminate()


def portaudio_or_skip() -> None:
    """sounddevice is installed with the project, the library behind it with Debian."""
    try:
        import sounddevice  # noqa: F401, PLC0415
    except OSError:
        pytest.skip("PortAudio is not installed: apt install libportaudio2 libasound2-plugins")


@contextmanager
def pulse_room(folder: Path) -> Iterator[PulseRoom]:
    """Start it in a runtime folder of its own; skips where Debian's parts for it are missing."""
    portaudio_or_skip()
    for program, package in {"pulseaudio": "pulseaudio", "pactl": "pulseaudio-utils"}.items():
        if shutil.which(program) is None:
            pytest.skip(f"{program} is not installed: apt install {package} libportaudio2 libasound2-plugins")
    socket = folder / "native"
    command = [
        "pulseaudio",
        *(
            "-n",
            "--daemonize=no",
            "--exit-idle-time=-1",
            "--use-pid-file=no",
            "--disallow-exit=no",
            "--log-level=error",
        ),
        *("-L", f"module-native-protocol-unix socket={socket} auth-anonymous=1"),
        *("-L", f"module-null-sink sink_name={ROOM} rate=48000"),
    ]
    own = {name: str(folder) for name in ("HOME", "XDG_RUNTIME_DIR", "PULSE_RUNTIME_PATH", "PULSE_STATE_PATH")}
    silent = subprocess.DEVNULL
    with subprocess.Popen(command, env=os.environ | own, stdout=silent, stderr=silent) as server:
        try:
            _wait_for(socket, server)
            room = PulseRoom(folder, f"unix:{socket}")
            room.control("set-default-source", f"{ROOM}.monitor")
            yield room
        finally:
            server.terminate()
            try:
                server.wait(5)
            except subprocess.TimeoutExpired:
                server.kill()


def _wait_for(socket: Path, server: "subprocess.Popen[bytes]") -> None:
    give_up_s = time.monotonic() + START_S
    while not socket.exists():
        if server.poll() is not None or time.monotonic() > give_up_s:
            pytest.skip("pulseaudio does not start on this machine; try it by hand: pulseaudio -n -v")
        time.sleep(0.05)

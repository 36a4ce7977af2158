"""A gpsd that says what a test wants: a socket server on loopback, one script a connection."""

import json
import select
import socket
import threading
import time
from collections.abc import Sequence
from typing import Self

VERSION = b'{"class":"VERSION","release":"3.25","rev":"3.25","proto_major":3,"proto_minor":15}\n'

# What is sent, in order; a number is a pause in seconds.
Script = Sequence[bytes | float]


def tpv(latitude_deg: float = 31.2, **told: object) -> bytes:
    return json.dumps({"class": "TPV", "mode": 3, "lat": latitude_deg, "lon": 121.5} | told).encode() + b"\n"


class FakeGpsd:
    """Plays a script to each client in turn, and closes; after the last one it turns each away without a word."""

    def __init__(self, *scripts: Script) -> None:
        self._scripts = scripts
        self._listener = socket.create_server(("127.0.0.1", 0))
        self._over = threading.Event()
        self._thread = threading.Thread(target=self._serve, daemon=True)
        self.port = int(self._listener.getsockname()[1])
        self.asked: list[bytes] = []

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._over.set()
        self._thread.join(10)
        self._listener.close()

    def _serve(self) -> None:
        scripts = iter(self._scripts)
        while not self._over.is_set():
            # To close a listener does not wake who waits in accept().
            if select.select([self._listener], [], [], 0.02)[0]:
                script = next(scripts, None)
                client, _ = self._listener.accept()
                with client:
                    client.settimeout(10)
                    if script is not None:
                        self._play(client, script)

    def _play(self, client: socket.socket, script: Script) -> None:
        try:
            client.sendall(VERSION)
            self.asked.append(client.recv(1000))
            for step in script:
                if isinstance(step, bytes):
                    client.sendall(step)
                else:
                    self._wait(client, step)
        except OSError:
            # The client has heard enough.
            return

    def _wait(self, client: socket.socket, seconds: float) -> None:
        until_s = time.monotonic() + seconds
        while time.monotonic() < until_s and not self._over.is_set():
            if select.select([client], [], [], 0.01)[0] and not client.recv(1000):
                raise ConnectionAbortedError

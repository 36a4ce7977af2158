"""A real MQTT broker inside the tests, and the least of servers: one that answers records with receipts."""

import asyncio
import re
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Sequence
from typing import Self

import paho.mqtt.client as mqtt
from amqtt.broker import Broker
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from paho.mqtt.enums import CallbackAPIVersion

from visit_record.receipts import Receipt, sign_receipt
from visit_record.sealing import digest_of
from visit_record.topics import Kind, Topic, all_devices, parse_topic

Answer = Callable[[str, bytes], Sequence[bytes]]


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


async def started_broker(port: int) -> Broker:
    plugins = {"amqtt.plugins.authentication.AnonymousAuthPlugin": {"allow_anonymous": True}}
    listeners = {"default": {"type": "tcp", "bind": f"127.0.0.1:{port}"}}
    broker = Broker({"listeners": listeners, "plugins": plugins})
    await broker.start()
    return broker


class LiveBroker:
    """amqtt in a thread of its own."""

    def __init__(self) -> None:
        self.port = free_port()
        self.url = f"mqtt://127.0.0.1:{self.port}"
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, daemon=True)
        self._thread.start()
        self._broker = asyncio.run_coroutine_threadsafe(started_broker(self.port), self._loop).result(10)

    def stop(self) -> None:
        asyncio.run_coroutine_threadsafe(self._broker.shutdown(), self._loop).result(30)
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()
        self._loop.close()


class MortalBroker:
    """amqtt in a process of its own, so that it can be killed; what it held in memory dies with it."""

    def __init__(self) -> None:
        self.port = free_port()
        self.url = f"mqtt://127.0.0.1:{self.port}"
        self.revive()

    def revive(self) -> None:
        self._process = subprocess.Popen([sys.executable, __file__, str(self.port)], stderr=subprocess.DEVNULL)
        while not self._answers():
            assert self._process.poll() is None
            time.sleep(0.05)

    def kill(self) -> None:
        self._process.kill()
        self._process.wait()

    def _answers(self) -> bool:
        with socket.socket() as probe:
            return probe.connect_ex(("127.0.0.1", self.port)) == 0


class ReceiptServer:
    """Answers each record with what ``answer(device, sealed)`` gives, on the device's receipt topic."""

    def __init__(self, port: int, answer: Answer) -> None:
        self.records: list[bytes] = []
        self.statuses: list[bytes] = []
        self._answer = answer
        self._ready = threading.Event()
        self._client = mqtt.Client(CallbackAPIVersion.VERSION2, "server", clean_session=False)
        self._client.reconnect_delay_set(1, 1)
        self._client.on_connect = lambda client, *_: client.subscribe([(all_devices(k), 1) for k in _HEARD])
        self._client.on_subscribe = lambda *_: self._ready.set()
        self._client.on_message = self._on_message
        self._client.connect("127.0.0.1", port)
        self._client.loop_start()
        assert self._ready.wait(10)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._client.disconnect()
        self._client.loop_stop()

    def _on_message(self, client: mqtt.Client, _userdata: object, message: mqtt.MQTTMessage) -> None:
        topic, sealed = parse_topic(message.topic), bytes(message.payload)
        if topic.kind is Kind.STATUS:
            self.statuses.append(sealed)
            return
        self.records.append(sealed)
        for receipt in self._answer(topic.device, sealed):
            client.publish(str(Topic(topic.agency, topic.device, Kind.RECEIPT)), receipt, qos=1)


_HEARD = (Kind.RECORD, Kind.STATUS)


def stand_in_record(seq: int) -> bytes:
    """Bytes that tell their seq, for tests that look at the way alone."""
    return f"record {seq}".encode()


def receipt_of(device: str, sealed: bytes, **changes: object) -> Receipt:
    found = re.search(rb"\d+$", sealed)
    assert found
    fields = {"device": device, "seq": int(found[0]), "digest": digest_of(sealed), "log_index": 0, "received_at_ms": 0}
    return Receipt(**(fields | changes))  # type: ignore[arg-type]


def signing(key: Ed25519PrivateKey) -> Answer:
    return lambda device, sealed: [sign_receipt(receipt_of(device, sealed), key)]


async def _serve(port: int) -> None:
    await started_broker(port)
    await asyncio.Event().wait()


if __name__ == "__main__":
    asyncio.run(_serve(int(sys.argv[1])))

"""The broker of the demo, where many devices come at once."""

import threading
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import paho.mqtt.client as mqtt
from paho.mqtt.enums import CallbackAPIVersion

from tests.whole import amqtt
from visit_record.topics import Kind, Topic, all_devices

DEVICES = 60


def client(name: str, url: str) -> mqtt.Client:
    found = mqtt.Client(CallbackAPIVersion.VERSION2, name, clean_session=False, protocol=mqtt.MQTTv311)
    found.connect("127.0.0.1", int(url.rpartition(":")[2]))
    return found


def test_devices_that_come_at_once_are_all_let_in(tmp_path: Path) -> None:
    cut_off: list[str] = []
    asked: list[object] = []

    def come(number: int) -> bool:
        topic = Topic("agency-a", f"device-{number}", Kind.RECEIPT)
        granted, device = threading.Event(), client(topic.device, url)
        device.on_connect = lambda *_: asked.append(device.subscribe(str(topic), 1))
        device.on_subscribe = lambda *_: granted.set()
        device.on_disconnect = lambda _c, _d, _f, reason, _p: cut_off.append(str(reason)) if reason.is_failure else None
        device.loop_start()
        granted.wait(10)
        device.disconnect()
        device.loop_stop()
        return granted.is_set()

    with amqtt(tmp_path) as url:
        server = client("server", url)
        server.subscribe(all_devices(Kind.STATUS), 0)
        server.loop_start()
        for number in range(30):
            status = str(Topic("agency-a", f"device-{number}", Kind.STATUS))
            server.publish(status, b"offline", 1, retain=True).wait_for_publish(10)
        with ThreadPoolExecutor(8) as pool:
            assert all(pool.map(come, range(DEVICES)))
        server.disconnect()
        server.loop_stop()
    assert cut_off == []

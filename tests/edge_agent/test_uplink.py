import subprocess
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from edge_agent.errors import UplinkError
from edge_agent.identity import Identity
from edge_agent.mqtt_session import MqttSession
from edge_agent.outbox import Outbox
from edge_agent.uplink import Uplink, UplinkPace
from sim.demo.children import answers
from tests.edge_agent.broker import (
    LiveBroker,
    MortalBroker,
    ReceiptServer,
    free_port,
    receipt_of,
    signing,
    stand_in_record,
)
from tests.whole import await_true, end, mosquitto
from visit_record.broker import BrokerAddress, parse_broker
from visit_record.receipts import sign_receipt

BRISK = UplinkPace(receipt_timeout_s=0.3, reconnect_s=0.1)


def fill(outbox: Outbox, count: int) -> None:
    for _ in range(count):
        outbox.append(lambda link: stand_in_record(link.seq))


def eventually(holds: Callable[[], bool], within_s: float = 5.0) -> bool:
    give_up = time.monotonic() + within_s
    while not holds() and time.monotonic() < give_up:
        time.sleep(0.02)
    return holds()


def test_records_arrive_in_order_and_each_receipt_empties_the_outbox(
    broker: LiveBroker, identity: Identity, outbox: Outbox, server_key: Ed25519PrivateKey
) -> None:
    fill(outbox, 300)
    with (
        ReceiptServer(broker.port, signing(server_key)) as server,
        Uplink(broker.url, identity, outbox) as uplink,
    ):
        assert uplink.drain(20) == 0
        assert server.records == [stand_in_record(seq) for seq in range(1, 301)]
        assert not uplink.refused_receipts


def test_status_is_online_while_draining_and_offline_after(
    broker: LiveBroker, identity: Identity, outbox: Outbox, server_key: Ed25519PrivateKey
) -> None:
    with ReceiptServer(broker.port, signing(server_key)) as server:
        with Uplink(broker.url, identity, outbox) as uplink:
            uplink.drain(1)
            assert eventually(lambda: server.statuses == [b"online"])
        assert eventually(lambda: server.statuses == [b"online", b"offline"])


def test_what_a_broker_says_of_others_is_taken_for_no_receipt(
    broker: LiveBroker, identity: Identity, outbox: Outbox, server_key: Ed25519PrivateKey
) -> None:
    with ReceiptServer(broker.port, signing(server_key)) as server:
        with Uplink(broker.url, identity, outbox) as uplink:
            uplink.drain(1)
        assert eventually(lambda: server.statuses == [b"online", b"offline"])
        fill(outbox, 3)
        with Uplink(broker.url, identity, outbox) as uplink:
            assert uplink.drain(20) == 0
            assert not uplink.refused_receipts


def test_a_lost_receipt_makes_the_record_go_again(
    broker: LiveBroker, identity: Identity, outbox: Outbox, server_key: Ed25519PrivateKey
) -> None:
    seen: list[bytes] = []

    def answer(device: str, sealed: bytes) -> list[bytes]:
        seen.append(sealed)
        return [] if len(seen) <= 3 else [sign_receipt(receipt_of(device, sealed), server_key)]

    fill(outbox, 1)
    with ReceiptServer(broker.port, answer), Uplink(broker.url, identity, outbox, BRISK) as uplink:
        started = time.monotonic()
        assert uplink.drain(20) == 0
    assert len(seen) == 4
    assert time.monotonic() - started >= 0.3 + 0.6 + 1.2, "each wait is twice the one before"


def test_the_broker_s_own_acknowledgement_deletes_nothing(
    broker: LiveBroker, identity: Identity, outbox: Outbox
) -> None:
    fill(outbox, 3)
    with ReceiptServer(broker.port, lambda _device, _sealed: []) as server:
        with Uplink(broker.url, identity, outbox) as uplink:
            assert uplink.drain(0.5) == 3
        assert eventually(lambda: len(server.records) == 3)


STRANGER = Ed25519PrivateKey.from_private_bytes(b"\x07" * 32)

BAD_RECEIPTS: dict[str, tuple[str, Callable[[str, bytes, Ed25519PrivateKey], bytes]]] = {
    "signed by a stranger": (
        "unknown_key",
        lambda device, sealed, _key: sign_receipt(receipt_of(device, sealed), STRANGER),
    ),
    "for other bytes under the same seq": (
        "not_waiting",
        lambda device, sealed, key: sign_receipt(receipt_of(device, sealed, digest="0" * 64), key),
    ),
    "for another device": (
        "not_waiting",
        lambda _device, sealed, key: sign_receipt(receipt_of("device-2", sealed), key),
    ),
    "for another seq": (
        "not_waiting",
        lambda device, sealed, key: sign_receipt(receipt_of(device, sealed, seq=99), key),
    ),
    "one letter altered": (
        "signature_invalid",
        lambda device, sealed, key: _altered(sign_receipt(receipt_of(device, sealed), key)),
    ),
    "garbage": ("malformed", lambda _device, _sealed, _key: b"thank you"),
    "empty": ("malformed", lambda _device, _sealed, _key: b""),
}


def _altered(token: bytes) -> bytes:
    head, payload, signature = token.split(b".")
    swapped = b"A" if signature[:1] != b"A" else b"B"
    return b".".join((head, payload, swapped + signature[1:]))


@pytest.mark.parametrize("case", BAD_RECEIPTS)
def test_a_bad_receipt_deletes_nothing_and_is_counted(
    case: str, broker: LiveBroker, identity: Identity, outbox: Outbox, server_key: Ed25519PrivateKey
) -> None:
    reason, forge = BAD_RECEIPTS[case]
    fill(outbox, 1)
    with ReceiptServer(broker.port, lambda device, sealed: [forge(device, sealed, server_key)]):
        with Uplink(broker.url, identity, outbox) as uplink:
            assert uplink.drain(0.6) == 1
        assert uplink.refused_receipts == {reason: 1}
    assert [record.sealed for record in outbox.pending(9)] == [stand_in_record(1)]


def test_a_broker_killed_on_the_way_loses_nothing(
    mortal_broker: MortalBroker, identity: Identity, outbox: Outbox, server_key: Ed25519PrivateKey
) -> None:
    seen: list[bytes] = []

    def answer_until_it_dies(device: str, sealed: bytes) -> list[bytes]:
        seen.append(sealed)
        if len(seen) == 40:
            threading.Thread(target=kill_and_revive).start()
        return [sign_receipt(receipt_of(device, sealed), server_key)]

    def kill_and_revive() -> None:
        mortal_broker.kill()
        left_when_dead.append(outbox.count())
        mortal_broker.revive()

    left_when_dead: list[int] = []
    fill(outbox, 200)
    with (
        ReceiptServer(mortal_broker.port, answer_until_it_dies),
        Uplink(mortal_broker.url, identity, outbox, BRISK) as uplink,
    ):
        assert uplink.drain(30) == 0
    assert left_when_dead[0] > 0, "the broker died on the way"
    assert {*seen} == {stand_in_record(seq) for seq in range(1, 201)}


def test_no_broker_is_one_clear_line(identity: Identity, outbox: Outbox) -> None:
    fill(outbox, 1)
    with Uplink(f"mqtt://127.0.0.1:{free_port()}", identity, outbox) as uplink, pytest.raises(UplinkError) as error:
        uplink.drain(1)
    assert "does not answer" in str(error.value)
    assert "\n" not in str(error.value)


@pytest.mark.mosquitto
def test_a_broker_that_refuses_says_in_both_languages_what_to_check(tmp_path: Path) -> None:
    with mosquitto(tmp_path) as url:
        pass
    config = tmp_path / "mosquitto.conf"
    config.write_text(config.read_text().replace("allow_anonymous true", "allow_anonymous false"))
    address = parse_broker(url)
    with child_broker(config, address), pytest.raises(UplinkError) as refused:
        MqttSession(address, "agency-a", "device-1")
    assert refused.value.said.zh == f"消息代理 {address} 拒绝设备 device-1；核对它对自己各主题的权限"
    assert "check its rights on its own topics" in refused.value.said.en


@contextmanager
def child_broker(config: Path, address: BrokerAddress) -> Iterator[None]:
    broker = subprocess.Popen(["mosquitto", "-c", str(config)], stderr=subprocess.DEVNULL)
    try:
        await_true(lambda: answers(address.host, address.port))
        yield
    finally:
        end(broker)


@pytest.mark.parametrize("url", ["", "localhost:1883", "http://host", "mqtt://", "mqtt://host:port", "mqtt://h/topic"])
def test_an_address_that_is_none_is_refused_before_anything_is_opened(
    url: str, identity: Identity, outbox: Outbox
) -> None:
    with pytest.raises(UplinkError):
        Uplink(url, identity, outbox)

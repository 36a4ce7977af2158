"""From the device's outbox through a broker to the server's API, with everything that may go wrong on the way."""

import random
import shutil
import subprocess
import threading
import time
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from edge_agent.assembly import Device
from edge_agent.identity import open_identity
from edge_agent.note_writing import NoteWriter, Written
from edge_agent.past_visit import told_of
from edge_agent.past_visits import PastVisits
from sim.demo.fleet import Fleet
from sim.history.month import month_of_visits
from sim.history.record import record_of
from sim.senses import Half, Senses
from sim.staging.visits import StagedVisit
from sim.staging.world import Home, World, build_world
from tests.whole import MODELS, Server, amqtt, await_true, enrolled_fleet, mosquitto, running_server
from visit_record.chain import next_link
from visit_record.sealing import open_record, seal
from visit_record.topics import Kind, Topic
from visit_record.vocabulary import ContestReason, IdentityMethod

ACCEPTED = 'carewitness_intake_records_total{outcome="accepted"}'
UNTIL = datetime(2026, 3, 1, tzinfo=UTC)
WORLD = build_world(seed=11, agencies=3, homes_each=2, caregivers_each=2)
SENSES = Senses.measured(Half.TEST)
History = list[tuple[Home, list[StagedVisit]]]


def history(world: World, days: int) -> History:
    return list(month_of_visits(world, 4, UNTIL, days))


def assert_each_is_there_exactly_once(server: Server, sent: History) -> None:
    visits = server.visits()
    expected = sum(len(visits) for _, visits in sent)
    assert len(visits) == expected
    assert len({visit["digest"] for visit in visits}) == expected


@pytest.mark.long
def test_server_killed_in_the_middle_of_the_history_has_every_record_exactly_once(tmp_path: Path) -> None:
    sent = history(WORLD, days=14)
    with amqtt(tmp_path) as broker_url, running_server(tmp_path, broker_url) as server:
        fleet = enrolled_fleet(tmp_path, server, WORLD)
        killer = threading.Thread(target=_kill_after, args=(server, 5))
        killer.start()
        fleet.send_history(sent, lambda _count: None)
        killer.join()
        assert_each_is_there_exactly_once(server, sent)
        # Those that the killed server had taken are the ones the second one did not: the kill was in the middle.
        assert 0 < server.metric(ACCEPTED) < sum(len(visits) for _, visits in sent)


def _kill_after(server: Server, records: int) -> None:
    await_true(lambda: server.metric(ACCEPTED) >= records)
    server.kill()
    server.start()


@pytest.mark.chaos
def test_server_killed_again_and_again_at_random_moments_loses_and_doubles_nothing(tmp_path: Path) -> None:
    sent = history(build_world(seed=12), days=30)
    rng = random.Random(5)
    with mosquitto(tmp_path) as broker_url, running_server(tmp_path, broker_url) as server:
        fleet = enrolled_fleet(tmp_path, server, build_world(seed=12))
        killer = threading.Thread(target=_kill_and_revive, args=(server, [rng.uniform(0.1, 2.0) for _ in range(12)]))
        killer.start()
        fleet.send_history(sent, lambda _count: None)
        killer.join()
        assert_each_is_there_exactly_once(server, sent)


def _kill_and_revive(server: Server, after_s: list[float]) -> None:
    for wait_s in after_s:
        time.sleep(wait_s)
        server.kill()
        server.start()


@pytest.mark.long
@pytest.mark.mosquitto
def test_history_travels_over_mosquitto(tmp_path: Path) -> None:
    sent = history(WORLD, days=7)
    with mosquitto(tmp_path) as broker_url, running_server(tmp_path, broker_url) as server:
        enrolled_fleet(tmp_path, server, WORLD).send_history(sent, lambda _count: None)
        assert_each_is_there_exactly_once(server, sent)


@pytest.mark.long
@pytest.mark.mosquitto
def test_a_note_that_is_written_at_a_device_travels_over_mosquitto_and_stands_beside_its_visit(tmp_path: Path) -> None:
    home, visits = history(WORLD, days=7)[0]
    with mosquitto(tmp_path) as broker_url, running_server(tmp_path, broker_url) as server:
        fleet = enrolled_fleet(tmp_path, server, WORLD)
        identity, about = open_identity(fleet.home_folder(home)), _one_sealed(fleet, home, visits[0])
        opened = open_record(about, lambda _kid: identity.key.public_key())
        with closing(fleet.outbox(home)) as outbox:
            outbox.append(lambda _link: about)
            past = PastVisits.of(outbox, identity.key)
            writer = NoteWriter(Device(identity.names, 1, "0.1.0", None), identity.key, outbox, past)
            told = told_of(opened.record, opened.digest)
            written = Written(told, IdentityMethod.FACE, ContestReason.NOT_SEEN, "灯坏了。\nThe lamp was broken.")
            writer.write(written, opened.record.iat * 1000)
        fleet.send_history([(home, [])], lambda _count: None)
        (line,) = server.listed("notes")
        beside = server.asked(f"visits/{opened.record.jti}/notes")["notes"]
        assert beside == [line]
        assert (line["text"], line["reason"], line["standing"]) == (written.text, "not_seen", "own")
        assert (line["link_state"], line["seq"], len(server.visits())) == ("linked", 2, 1)


@pytest.mark.mosquitto
def test_hostile_messages_store_nothing_and_each_is_counted_by_its_reason(tmp_path: Path) -> None:
    if shutil.which("mosquitto_pub") is None:
        pytest.skip("mosquitto_pub is not installed; apt install mosquitto-clients")
    sent = history(WORLD, days=7)
    with mosquitto(tmp_path) as broker_url, running_server(tmp_path, broker_url) as server:
        fleet = enrolled_fleet(tmp_path, server, WORLD)
        genuine = _one_sealed(fleet, WORLD.homes[0], sent[0][1][0])
        topic = str(Topic(WORLD.homes[0].agency, WORLD.homes[0].device, Kind.RECORD))
        _publish(broker_url, topic, genuine)
        await_true(lambda: server.metric(ACCEPTED) == 1)
        for hostile in (b"\x00\xff garbage", _altered(genuine), _by_a_stranger(sent[0][1][0]), genuine):
            _publish(broker_url, topic, hostile)
        _publish(broker_url, str(Topic("agency-b", "device-b01", Kind.RECORD)), genuine)
        await_true(lambda: server.metric('carewitness_intake_records_total{outcome="refused"}') == 4)
        for reason in ("malformed", "signature_invalid", "unknown_key", "foreign_record"):
            assert server.metric(f'carewitness_intake_refusals_total{{reason="{reason}"}}') == 1
            assert f'"reason": "{reason}"' in server.log.read_text()
        assert server.metric('carewitness_intake_records_total{outcome="repeated"}') == 1
        assert '"reason": "repeated"' in server.log.read_text()
        assert len(server.visits()) == 1
        fleet.send_history(sent[1:], lambda _count: None)
        assert len(server.visits()) == 1 + sum(len(visits) for _, visits in sent[1:])


def _one_sealed(fleet: Fleet, home: Home, visit: StagedVisit) -> bytes:
    identity = open_identity(fleet.home_folder(home))
    return seal(record_of(visit, next_link(0, None), identity.names.ueid, MODELS, SENSES), identity.key)


def _by_a_stranger(visit: StagedVisit) -> bytes:
    return seal(record_of(visit, next_link(0, None), "ueid", MODELS, SENSES), Ed25519PrivateKey.generate())


def _altered(sealed: bytes) -> bytes:
    middle = len(sealed) // 2
    return sealed[:middle] + (b"A" if sealed[middle : middle + 1] != b"A" else b"B") + sealed[middle + 1 :]


def _publish(broker_url: str, topic: str, payload: bytes) -> None:
    host, port = broker_url.removeprefix("mqtt://").split(":")
    command = ["mosquitto_pub", "-h", host, "-p", port, "-t", topic, "-q", "1", "-s"]
    subprocess.run(command, input=payload, check=True, timeout=30)

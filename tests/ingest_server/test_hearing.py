"""What devices tell of themselves on its way in: bounded, of registered devices alone, and never in a record's way."""

import threading
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import msgspec
import paho.mqtt.client as mqtt
import pytest
from msgspec.structs import replace
from paho.mqtt.enums import CallbackAPIVersion
from paho.mqtt.packettypes import PacketTypes
from paho.mqtt.reasoncodes import ReasonCode
from sqlalchemy import func, select, text

from edge_agent.carrier import Carrier
from edge_agent.every import Every
from edge_agent.health import HealthCheck
from edge_agent.identity import Identity
from edge_agent.outbox import Outbox
from edge_agent.uplink import Uplink
from ingest_server.errors import StoreError
from ingest_server.fleet.listening import Listening
from ingest_server.fleet.told import Link, Told
from ingest_server.intake import hearing as module
from ingest_server.intake import lying
from ingest_server.intake.hearing import MOST_AT_ONCE, NOTED_EVERY_MS, Fate, Hearing
from ingest_server.intake.mqtt import IntakeSubscription
from ingest_server.local_days import DAY_MS, HOUR_MS
from ingest_server.store.database import Database
from ingest_server.store.devices import set_state
from ingest_server.store.listening import find_listening
from ingest_server.store.schema import device_changes, device_hours, device_told, devices
from ingest_server.store.scope import Everything
from ingest_server.store.told import KEPT_MS, MOST_CHANGES, Saying, enter_told
from ingest_server.store.told_of import changes_of, hours_of, told_of
from ingest_server.vocabulary import DeviceState
from tests.appliance.brokers import Site
from tests.edge_agent.conftest import identity, outbox, server_key  # noqa: F401 - fixtures
from tests.ingest_server.conftest import NOW_MS, Served, chain
from tests.ingest_server.told import WELL, of_hours, saying, with_camera
from tests.whole import amqtt, await_true, mosquitto, running_server
from visit_record.health import MAX_HEALTH_BYTES, write_health

HEALTH = "carewitness/v1/agency-a/device-1/health"
STATUS = "carewitness/v1/agency-a/device-1/status"
GOOD = write_health(WELL)


@dataclass
class FateTally:
    """Counts in the open."""

    fates: Counter[str] = field(default_factory=Counter)

    def told(self, fate: str, count: int) -> None:
        self.fates[fate] += count


@dataclass
class Heard:
    """A hearing over a store, and its clock."""

    served: Served
    tally: FateTally = field(default_factory=FateTally)
    now_ms: int = NOW_MS
    listens: bool = True

    def __post_init__(self) -> None:
        self.hearing = self.begun_anew()

    def begun_anew(self) -> Hearing:
        return Hearing(self.served.database, lambda: self.now_ms, self.tally, lambda: self.listens, pause_s=0.05)

    def listening(self) -> Listening | None:
        with self.served.database.reading() as connection:
            return find_listening(connection)

    def told(self, device: str = "device-1") -> Told | None:
        with self.served.database.reading() as connection:
            return told_of(connection, Everything(), device)

    def rows(self) -> int:
        with self.served.database.reading() as connection:
            return connection.execute(select(func.count()).select_from(device_told)).scalar_one()


@pytest.fixture
def heard(served: Served) -> Heard:
    return Heard(served)


def test_newest_word_of_a_device_is_kept_with_the_time_at_which_it_came(heard: Heard) -> None:
    heard.hearing.hear(HEALTH, write_health(replace(WELL, swversion="0.0.9")), False)
    heard.hearing.hear(HEALTH, GOOD, False)
    heard.hearing.hear(STATUS, b"online", True)
    heard.hearing.settle()
    told = heard.told()
    assert told is not None
    assert (told.heard_at_ms, told.health, told.link, told.link_since_ms) == (NOW_MS, WELL, Link.ONLINE, NOW_MS)
    assert +heard.tally.fates == {Fate.OVERTAKEN: 1, Fate.STORED: 2}


def longer(**fields: object) -> bytes:
    return msgspec.json.encode(msgspec.to_builtins(WELL) | fields)


HOSTILE: dict[str, tuple[str, bytes, bool, Fate]] = {
    "garbage": (HEALTH, b"\x00\xff", False, Fate.MALFORMED),
    "empty": (HEALTH, b"", False, Fate.MALFORMED),
    "no object": (HEALTH, b"[]", False, Fate.MALFORMED),
    "another schema": (HEALTH, longer(schema="carewitness.health/2"), False, Fate.MALFORMED),
    "unknown field": (HEALTH, longer(voice="a recording"), False, Fate.MALFORMED),
    "number that no column holds": (
        HEALTH,
        longer(queue=msgspec.to_builtins(WELL.queue) | {"waiting": 2**31}),
        False,
        Fate.MALFORMED,
    ),
    "temperature of nothing that is": (HEALTH, GOOD.replace(b"48.3", b"1e308"), False, Fate.MALFORMED),
    "more disk than there is": (HEALTH, GOOD.replace(b"14800.0", b"1e308"), False, Fate.MALFORMED),
    "no number": (HEALTH, GOOD.replace(b"48.3", b"NaN"), False, Fate.MALFORMED),
    "control character": (HEALTH, longer(swversion="0\x00"), False, Fate.MALFORMED),
    "control character beyond ASCII": (HEALTH, longer(swversion="0\x9b"), False, Fate.MALFORMED),
    "word that turns the page around": (HEALTH, longer(swversion="0\u202e1"), False, Fate.MALFORMED),
    "nested without end": (HEALTH, b'{"a":' * 2_000, False, Fate.MALFORMED),
    "too many sensors": (HEALTH, longer(sensors=[{"sensor": "x", "state": "y"}] * 17), False, Fate.MALFORMED),
    "larger than any": (HEALTH, b" " * (MAX_HEALTH_BYTES + 1), False, Fate.OVERSIZED),
    "kept by the broker": (HEALTH, GOOD, True, Fate.STALE),
    "status that is none": (STATUS, b"asleep", False, Fate.MALFORMED),
    "status taken away": (STATUS, b"", False, Fate.MALFORMED),
    "status in no UTF-8": (STATUS, b"\xff", False, Fate.MALFORMED),
    "topic that is none of ours": ("somewhere/else/health", GOOD, False, Fate.MALFORMED),
    "topic that cannot be read": ("", GOOD, False, Fate.MALFORMED),
    "device that nobody knows": (HEALTH.replace("device-1", "device-9"), GOOD, False, Fate.FOREIGN),
    "device of another agency": (HEALTH.replace("agency-a", "agency-b"), GOOD, False, Fate.FOREIGN),
    "name that is none": (HEALTH.replace("device-1", "d'vice\x00"), GOOD, False, Fate.FOREIGN),
}


@pytest.mark.parametrize("case", HOSTILE)
def test_what_is_no_word_of_a_registered_device_is_dropped_with_one_reason(heard: Heard, case: str) -> None:
    topic, payload, kept, fate = HOSTILE[case]
    heard.hearing.hear(topic, payload, kept)
    heard.hearing.hear(STATUS.replace("device-1", "device-7"), b"online", False)
    heard.hearing.settle()
    assert +heard.tally.fates == Counter([fate, Fate.FOREIGN])
    assert heard.rows() == 0
    with heard.served.database.reading() as connection:
        assert connection.execute(select(devices.c.device)).scalars().all() == ["device-1"]


def test_dropped_word_stops_nobody_elses(heard: Heard) -> None:
    heard.hearing.hear(HEALTH.replace("device-1", "device-9"), GOOD, False)
    heard.hearing.hear(HEALTH.replace("agency-a", "agency-b"), GOOD, False)
    heard.hearing.hear(HEALTH, GOOD, False)
    heard.hearing.settle()
    assert +heard.tally.fates == {Fate.FOREIGN: 2, Fate.STORED: 1}
    assert heard.told() is not None


def test_revoked_device_is_heard_no_more_and_its_last_word_stays(heard: Heard) -> None:
    heard.hearing.hear(HEALTH, GOOD, False)
    heard.hearing.settle()
    with heard.served.database.writing() as connection:
        set_state(connection, "device-1", DeviceState.REVOKED)
    heard.hearing.hear(HEALTH, write_health(replace(WELL, swversion="9.9.9")), False)
    heard.hearing.settle()
    told = heard.told()
    assert told is not None
    assert told.health == WELL


def test_strangers_names_fill_a_bounded_place(heard: Heard) -> None:
    for number in range(lying.MOST_LYING + 3):
        heard.hearing.hear(HEALTH.replace("device-1", f"device-{number}"), b"{}", False)
    assert +heard.tally.fates == {Fate.CROWDED_OUT: 3}


def test_strangers_names_crowd_out_no_device(heard: Heard, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(lying, "MOST_LYING", 5)
    monkeypatch.setattr(lying, "MOST_BYTES_LYING", 5 * len(GOOD))
    heard.hearing._pause_s = 60.0
    with heard.hearing:
        for number in range(2, 20):
            heard.hearing.hear(HEALTH.replace("device-1", f"device-{number}"), GOOD, False)
        heard.hearing.hear(HEALTH, GOOD, False)
        heard.hearing.hear(STATUS, b"online", False)
    assert +heard.tally.fates == {Fate.CROWDED_OUT: 13, Fate.FOREIGN: 5, Fate.STORED: 2}
    assert (_health(heard), _link(heard)) == (WELL, Link.ONLINE)


def test_device_that_is_registered_meanwhile_is_no_stranger_from_the_next_look_on(
    heard: Heard, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(lying, "MOST_LYING", 1)
    heard.hearing.hear(HEALTH, GOOD, False)
    heard.hearing.hear(STATUS, b"online", False)
    assert +heard.tally.fates == {Fate.CROWDED_OUT: 1}, "nobody has looked yet"
    heard.hearing.settle()
    heard.hearing.hear(HEALTH.replace("device-1", "device-9"), GOOD, False)
    heard.hearing.hear(STATUS, b"online", False)
    heard.hearing.settle()
    assert _link(heard) is Link.ONLINE


@pytest.mark.parametrize("name", ["agency-a", "device-1"])
def test_strangers_names_of_any_length_take_no_place(heard: Heard, name: str) -> None:
    heard.hearing.hear(HEALTH.replace(name, "x" * 60_000), GOOD, False)
    assert +heard.tally.fates == {Fate.FOREIGN: 1}, "before it is put down"


def test_large_words_fill_a_bounded_place(heard: Heard, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(lying, "MOST_BYTES_LYING", 3 * len(GOOD))
    for number in range(5):
        heard.hearing.hear(HEALTH.replace("device-1", f"device-{number}"), GOOD, False)
    assert +heard.tally.fates == {Fate.CROWDED_OUT: 2}
    heard.hearing.settle()
    heard.hearing.hear(HEALTH, GOOD, False)
    assert heard.tally.fates[Fate.CROWDED_OUT] == 2


def test_failing_database_loses_words_and_is_told(heard: Heard) -> None:
    refuse = "CREATE TRIGGER full BEFORE INSERT ON device_told BEGIN SELECT RAISE(ABORT, 'disk full'); END"
    with heard.served.database.writing() as connection:
        connection.execute(text(refuse))
    heard.hearing.hear(HEALTH, GOOD, False)
    with pytest.raises(StoreError, match="disk full"):
        heard.hearing.settle()
    assert +heard.tally.fates == {Fate.NOT_STORED: 1}
    with heard.served.database.writing() as connection:
        connection.execute(text("DROP TRIGGER full"))
    heard.hearing.hear(HEALTH, GOOD, False)
    heard.hearing.settle()
    assert heard.tally.fates[Fate.STORED] == 1


def test_database_that_others_hold_is_waited_for_once_and_every_word_has_a_fate(
    heard: Heard, monkeypatch: pytest.MonkeyPatch
) -> None:
    tried = []

    def held(_: object, said: Sequence[Saying]) -> list[Saying]:
        tried.append(len(said))
        raise StoreError("others write to it")

    monkeypatch.setattr(module, "enter_told", held)
    for number in range(MOST_AT_ONCE + 50):
        heard.hearing.hear(HEALTH.replace("device-1", f"device-{number}"), GOOD, False)
    with pytest.raises(StoreError):
        heard.hearing.settle()
    assert tried == [MOST_AT_ONCE]
    assert +heard.tally.fates == {Fate.NOT_STORED: MOST_AT_ONCE + 50}


def test_defect_ends_no_hearing(heard: Heard, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*_: object) -> None:
        raise ZeroDivisionError

    with heard.hearing, monkeypatch.context() as patched:
        patched.setattr(module, "enter_told", broken)
        heard.hearing.hear(HEALTH, GOOD, False)
        await_true(lambda: not heard.hearing._own)
        patched.undo()
        heard.hearing.hear(HEALTH, GOOD, False)
        await_true(lambda: heard.told() is not None)


def test_what_lies_there_at_the_end_is_stored(heard: Heard) -> None:
    heard.hearing._pause_s = 60.0
    with heard.hearing:
        heard.hearing.hear(HEALTH, GOOD, False)
    assert heard.told() is not None


def test_hours_are_kept_for_ninety_days_of_a_device_that_fell_silent_too(heard: Heard) -> None:
    with heard.served.database.writing() as connection:
        enter_told(connection, of_hours(30))
    heard.now_ms = NOW_MS + KEPT_MS - 10 * HOUR_MS
    heard.hearing.sweep()
    with heard.served.database.reading() as connection:
        hours = hours_of(connection, Everything(), "device-1", heard.now_ms, 1_000)
    assert len(hours) == 10
    assert min(hour.hour_ms for hour in hours) >= heard.now_ms - KEPT_MS
    heard.now_ms += HOUR_MS - 1
    heard.hearing.sweep()
    with heard.served.database.reading() as connection:
        assert connection.execute(select(func.count()).select_from(device_hours)).scalar_one() == 10, "once an hour"


def test_hours_that_come_a_second_time_take_the_place_of_the_first(heard: Heard) -> None:
    """The server's clock stood ahead for a while, was put back, and has come there now."""
    for count, days_ahead in ((2, 0), (5, 1), (2, 0), (30, 0)):
        with heard.served.database.writing() as connection:
            enter_told(connection, [replace(one, at_ms=one.at_ms + days_ahead * DAY_MS) for one in of_hours(count)])
    with heard.served.database.reading() as connection:
        hours = hours_of(connection, Everything(), "device-1", NOW_MS + 9 * DAY_MS, 1_000)
    assert len({hour.hour_ms for hour in hours}) == len(hours) >= 29


def test_latest_changes_are_kept_however_often_something_changes(heard: Heard) -> None:
    states = ("healthy", "silent")
    for place in range(MOST_CHANGES + 50):
        said = saying(with_camera(states[place % 2]), NOW_MS + place)
        with heard.served.database.writing() as connection:
            enter_told(connection, [said])
    with heard.served.database.reading() as connection:
        assert connection.execute(select(func.count()).select_from(device_changes)).scalar_one() == MOST_CHANGES
        latest = changes_of(connection, Everything(), "device-1", 3)
    assert [one.at_ms - NOW_MS for one in latest] == [MOST_CHANGES + 49 - ago for ago in range(3)]


def test_server_knows_since_when_it_listens_and_a_short_break_changes_nothing(heard: Heard) -> None:
    heard.hearing.note()
    heard.now_ms += NOTED_EVERY_MS - 1
    heard.hearing.note()
    assert heard.listening() == Listening(NOW_MS, NOW_MS), "it is noted now and then"
    heard.now_ms = NOW_MS + HOUR_MS
    heard.begun_anew().note()
    assert heard.listening() == Listening(NOW_MS, NOW_MS + HOUR_MS)


def test_server_that_was_off_for_a_day_listens_since_it_came_back(heard: Heard) -> None:
    heard.hearing.note()
    heard.now_ms += DAY_MS
    heard.begun_anew().note()
    assert heard.listening() == Listening(heard.now_ms, heard.now_ms)


def test_server_without_its_broker_does_not_listen(heard: Heard) -> None:
    heard.listens = False
    heard.hearing.note()
    assert heard.listening() is None
    heard.listens = True
    with heard.hearing:
        pass
    assert heard.listening() == Listening(NOW_MS, NOW_MS), "at the end too"


@contextmanager
def taking_in(heard: Heard, url: str) -> Iterator[IntakeSubscription]:
    """The server's whole session at a broker."""
    subscription = IntakeSubscription(url, "ingest-server", heard.served.intake.take, heard.hearing.hear)
    subscription.connect()
    thread = threading.Thread(target=subscription.run)
    thread.start()
    try:
        with heard.hearing:
            yield subscription
    finally:
        subscription.stop()
        thread.join()


@pytest.mark.mosquitto
def test_real_device_is_heard_over_a_real_broker_and_missed_by_its_last_word(
    tmp_path: Path,
    heard: Heard,
    identity: Identity,  # noqa: F811
    outbox: Outbox,  # noqa: F811
) -> None:
    check = HealthCheck(outbox, tmp_path / "outbox.db", "0.1.0", lambda: NOW_MS)
    (tmp_path / "broker").mkdir()
    with mosquitto(tmp_path / "broker") as url, taking_in(heard, url):
        uplink = Uplink(url, identity, outbox)
        with Carrier(uplink, Every(0.1, lambda: uplink.publish_health(write_health(check()))), pause_s=0.02):
            await_true(lambda: _health(heard) is not None)
            await_true(lambda: _link(heard) is Link.ONLINE)
        await_true(lambda: _link(heard) is Link.OFFLINE)
    told = heard.told()
    assert told is not None
    assert told.health is not None
    assert told.health.machine.disk_total_mb > 0
    with heard.served.database.reading() as connection:
        values = [one.value for one in changes_of(connection, Everything(), "device-1", 5)]
    assert set(values) >= {"0.1.0", "online", "offline"}


@pytest.mark.mosquitto
def test_server_that_starts_late_is_told_how_each_link_stands(
    tmp_path: Path,
    heard: Heard,
    identity: Identity,  # noqa: F811
    outbox: Outbox,  # noqa: F811
) -> None:
    (tmp_path / "broker").mkdir()
    with mosquitto(tmp_path / "broker") as url:
        with Uplink(url, identity, outbox) as uplink:
            uplink.drain(0.1)
        with taking_in(heard, url) as subscription:
            assert subscription.hears
            await_true(lambda: _link(heard) is Link.OFFLINE)
        assert not subscription.hears


@pytest.mark.mosquitto
def test_words_come_through_both_brokers_as_they_ship(
    tmp_path: Path,
    heard: Heard,
    identity: Identity,  # noqa: F811
    outbox: Outbox,  # noqa: F811
) -> None:
    site = Site(tmp_path)
    try:
        site.server.start()
        site.device.start()
        uplink = Uplink(f"mqtt://127.0.0.1:{site.local_port}", identity, outbox)
        telling = Every(0.1, lambda: uplink.publish_health(GOOD))
        with (
            taking_in(heard, f"mqtt://127.0.0.1:{site.server_port}"),
            Carrier(uplink, telling, pause_s=0.02),
        ):
            await_true(lambda: _health(heard) == WELL)
            await_true(lambda: _link(heard) is Link.ONLINE)
    finally:
        site.device.stop()
        site.server.stop()


@pytest.mark.mosquitto
def test_records_come_while_strangers_shout(tmp_path: Path, heard: Heard) -> None:
    (tmp_path / "broker").mkdir()
    with mosquitto(tmp_path / "broker") as url, taking_in(heard, url):
        shouting = mqtt.Client(CallbackAPIVersion.VERSION2, "strangers")
        shouting.connect("127.0.0.1", int(url.rpartition(":")[2]))
        shouting.loop_start()
        for number in range(3_000):
            shouting.publish(f"carewitness/v1/agency-{number}/device-{number}/health", GOOD, qos=0)
        for sealed in chain(20):
            shouting.publish("carewitness/v1/agency-a/device-1/record", sealed, qos=1)
        await_true(lambda: heard.served.tally.counts["accepted"] == 20)
        await_true(lambda: heard.tally.fates[Fate.FOREIGN] + heard.tally.fates[Fate.CROWDED_OUT] > 0)
        shouting.disconnect()
        shouting.loop_stop()
    assert heard.rows() == 0


def test_program_that_serves_stores_what_it_heard_before_it_ends(tmp_path: Path, identity: Identity) -> None:  # noqa: F811
    (tmp_path / "broker").mkdir()
    with amqtt(tmp_path / "broker") as url, running_server(tmp_path, url) as server:
        server.service.enrol([identity.enrolment_request], tmp_path / "enrolments.jsonl")
        device = mqtt.Client(CallbackAPIVersion.VERSION2, "device-1")
        device.connect("127.0.0.1", int(url.rpartition(":")[2]))
        device.loop_start()
        device.publish(HEALTH, b"nonsense", qos=1).wait_for_publish(10)
        device.publish(HEALTH, GOOD, qos=1).wait_for_publish(10)
        await_true(lambda: server.metric('carewitness_intake_words_total{fate="overtaken"}') == 1)
        device.disconnect()
        device.loop_stop()
        server.stop()
        database = Database(f"sqlite:///{server.service.data_dir / 'carewitness.db'}")
    with closing(database), database.reading() as connection:
        told = told_of(connection, Everything(), "device-1")
    assert told is not None
    assert told.health == WELL


@pytest.mark.parametrize(("refused", "connected"), [((1, 2), True), ((0,), False)])
def test_broker_that_refuses_words_alone_keeps_no_record_away(
    heard: Heard, refused: tuple[int, ...], connected: bool
) -> None:
    subscription = IntakeSubscription("mqtt://127.0.0.1:1", "intake", heard.served.intake.take, heard.hearing.hear)
    granted, denied = (ReasonCode(PacketTypes.SUBACK, identifier=code) for code in (0, 0x80))
    reasons = [denied if place in refused else granted for place in range(3)]
    subscription._subscribed(subscription._client, None, 1, reasons, None)
    assert (subscription._refusal is None, subscription._words_granted) == (connected, not connected)


def _health(heard: Heard) -> object:
    told = heard.told()
    return None if told is None else told.health


def _link(heard: Heard) -> Link | None:
    told = heard.told()
    return None if told is None else told.link

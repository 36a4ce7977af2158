"""The demo's devices at home: each on line in one session, telling what is staged, and gone without a trace."""

from collections import defaultdict
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import paho.mqtt.client as mqtt
import pytest
from paho.mqtt.enums import CallbackAPIVersion

from edge_agent.identity import open_identity
from ingest_server.fleet.told import Told, after, troubles_told
from ingest_server.fleet.trouble import Fault
from sim.demo.at_home import at_home, forget
from sim.demo.fleet import Fleet
from sim.demo.invitation import invitation
from sim.demo.service import LogIn
from sim.demo.staged_health import FITTED, StagedHealth, staged_health
from sim.demo.visits import lived_homes
from sim.errors import DemoError
from sim.history.month import month_of_visits
from sim.history.record import record_of
from sim.staging.world import Home, build_world
from tests.test_whole_way import SENSES, UNTIL
from tests.whole import MODELS, await_true, enrolled_fleet, free_port, mosquitto, running_server
from visit_record.health import HEALTH_SCHEMA, Health, QueueHealth, read_health
from visit_record.sealing import seal
from visit_record.topics import Kind, all_devices, parse_topic

WORLD = build_world(seed=11, agencies=3, homes_each=3, caregivers_each=2)
HEALTH = staged_health(WORLD.homes, lived_homes(WORLD))
OFF = [device for device, one in HEALTH.items() if not one.stays]


class Words:
    """All that devices say of themselves at a broker, from the first to the last."""

    def __init__(self, url: str) -> None:
        self.links: defaultdict[str, list[bytes]] = defaultdict(list)
        self.health: defaultdict[str, list[Health]] = defaultdict(list)
        self._client = mqtt.Client(CallbackAPIVersion.VERSION2)
        self._client.on_message = self._heard
        self._client.connect("127.0.0.1", int(url.rpartition(":")[2]))
        self._client.subscribe([(all_devices(Kind.STATUS), 1), (all_devices(Kind.HEALTH), 1)])
        self._client.loop_start()

    def close(self) -> None:
        self._client.disconnect()
        self._client.loop_stop()

    def _heard(self, _client: mqtt.Client, _data: object, message: mqtt.MQTTMessage) -> None:
        topic = parse_topic(message.topic)
        if topic.kind is Kind.HEALTH:
            self.health[topic.device].append(read_health(bytes(message.payload)))
        else:
            self.links[topic.device].append(bytes(message.payload))


@contextmanager
def hearing(url: str) -> Iterator[Words]:
    words = Words(url)
    try:
        yield words
    finally:
        words.close()


def put_one_visit(fleet: Fleet, home: Home) -> None:
    """A sealed visit in the outbox, as whoever lives one leaves it."""
    [(_, visits)] = [month for month in month_of_visits(WORLD, 4, UNTIL, 7) if month[0] is home]
    identity = open_identity(fleet.home_folder(home))
    with fleet.outbox(home) as outbox:
        ueid = identity.names.ueid
        outbox.append(lambda link: seal(record_of(visits[0], link, ueid, MODELS, SENSES), identity.key))


@pytest.mark.mosquitto
def test_devices_are_on_line_in_one_session_each_and_leave_nothing_behind(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    home = lived_homes(WORLD)[0]
    with mosquitto(tmp_path) as url, running_server(tmp_path, url) as server, hearing(url) as words:
        fleet = enrolled_fleet(tmp_path, server, WORLD)
        with at_home(fleet, WORLD.homes, HEALTH, told_every_s=1.0):
            put_one_visit(fleet, home)
            with fleet.outbox(home) as outbox:
                await_true(lambda: outbox.count() == 0)
            await_true(lambda: all(len(words.health[one]) >= 2 for one in HEALTH if one not in OFF))
            on_line = [device for device in HEALTH if words.links[device] == [b"online"]]
            assert on_line == [device for device in HEALTH if device not in OFF]
            assert [(words.links[device], len(words.health[device])) for device in OFF] == [
                ([b"online", b"offline"], 1)
            ]
        assert len(server.visits()) == 1
        for device, staged in HEALTH.items():
            told = words.health[device][-1]
            assert (told.machine, told.sensors, told.fitted) == (staged.machine, staged.sensors, FITTED)
        with hearing(url) as kept:
            await_true(lambda: dict(kept.links) == {device: [b"offline"] for device in HEALTH})
        forget(url, WORLD.homes)
        # What is done rightly is complained of by nobody: without a handler, Python prints it to the terminal.
        assert caplog.messages == []
        await_true(lambda: all(words.links[device][-1] == b"" for device in HEALTH))
        assert_nothing_is_kept(url)


def assert_nothing_is_kept(url: str) -> None:
    sessions = []
    for device in HEALTH:
        client = mqtt.Client(CallbackAPIVersion.VERSION2, device, clean_session=False)
        client.on_connect = lambda _client, _data, flags, *_: sessions.append(flags.session_present)
        client.on_message = lambda *_: sessions.append(True)
        client.connect("127.0.0.1", int(url.rpartition(":")[2]))
        client.loop_start()
        await_true(client.is_connected)
        client.disconnect()
        client.loop_stop()
    assert sessions == [False] * len(HEALTH)


def test_broker_that_does_not_answer_is_one_clear_line(tmp_path: Path) -> None:
    url = f"mqtt://127.0.0.1:{free_port()}"
    fleet = Fleet(tmp_path, url, MODELS)
    home = WORLD.homes[0]
    list(fleet.enrol(WORLD, '{"kty":"OKP","crv":"Ed25519","x":"11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo"}'))
    with pytest.raises(DemoError, match=home.device), at_home(fleet, [home], HEALTH):
        pytest.fail("it is not on line")
    with pytest.raises(DemoError, match=home.device):
        forget(url, [home])


def found(staged: StagedHealth) -> set[Fault]:
    """What a server lists as out of order at the first word."""
    health = Health(HEALTH_SCHEMA, 0, "0.1.0", staged.machine, QueueHealth(0, None, 0, 0, True), staged.sensors)
    return {one.fault for one in troubles_told(after(Told(), health, 1).told, None, None)}


def test_homes_that_are_lived_in_before_peoples_eyes_have_devices_that_are_well() -> None:
    lived = {home.device for home in lived_homes(WORLD)}
    assert [HEALTH[device].shows for device in lived] == [None] * 4
    assert sorted(filter(None, (one.shows and one.shows.en for one in HEALTH.values()))) == [
        "gone off, which is no trouble by itself",
        "hot and slowed down; out of order once it has lasted an hour",
        "its camera has failed",
        "its disk is nearly full",
    ]


def test_what_is_staged_is_seen_at_once_or_said_not_to_be() -> None:
    at_once = {one.shows.en: found(one) for one in HEALTH.values() if one.shows is not None}
    assert at_once == {
        "its camera has failed": {Fault.SENSOR_FAILED},
        "its disk is nearly full": {Fault.DISK_FULL},
        "hot and slowed down; out of order once it has lasted an hour": set(),
        "gone off, which is no trouble by itself": set(),
    }
    assert not any(found(one) for one in HEALTH.values() if one.shows is None)


def test_invitation_names_people_and_the_page_of_each_device_that_is_not_well() -> None:
    said = "\n".join(invitation("http://demo", [LogIn("administrator", "administrator", password="p")], HEALTH))
    assert "administrator : administrator / p" in said
    assert "http://demo/devices\n" in said
    for device, one in HEALTH.items():
        assert (f"http://demo/devices/{device}/health" in said) is (one.shows is not None)

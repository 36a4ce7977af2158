"""The fleet: each sees the devices that are theirs, and what a revoked one sends waits on it."""

import re

import pytest
from sqlalchemy import update
from typer.testing import CliRunner

from ingest_server.cli import app
from ingest_server.store.schema import records
from ingest_server.vocabulary import Deed
from tests.ingest_server.conftest import NOW_MS, arrival, chain
from tests.ingest_server.web.conftest import ORIGIN, Web
from tests.ingest_server.web.test_trail import all_entries
from tests.visit_record.examples import KEY
from visit_record.keys import thumbprint


def names(web: Web, person: str) -> list[str]:
    return [one["device"] for one in web.client(person).get("/api/v1/devices").json()["devices"]]


def test_each_sees_the_devices_that_are_theirs(web: Web) -> None:
    seen = {name: names(web, name) for name in web.tokens}
    both = ["device-1", "device-2"]
    assert seen == {
        "supervisor-a": ["device-1"],
        "supervisor-b": ["device-2"],
        "auditor": both,
        "administrator": both,
    }


def test_administrator_sees_counts_and_times_and_no_way_to_the_evidence(web: Web) -> None:
    page = web.client("administrator").get("/devices").text
    assert "device-1" in page
    assert 'href="/devices/device-1"' not in page
    assert not any(visit in page for visit in web.visits.values())
    assert "caregiver" not in page
    assert 'href="/devices/device-1"' in web.client("auditor").get("/devices").text


def test_device_is_told_with_its_key_its_program_and_its_chain(filled_web: Web) -> None:
    with filled_web.database.writing() as connection:
        linked = records.c.seq == 2, records.c.device == "device-1"
        connection.execute(update(records).where(*linked).values(link_state="gap"))
    found = filled_web.client("auditor").get("/api/v1/devices?agency=agency-a").json()["devices"]
    assert [one["device"] for one in found] == ["device-1"]
    one = found[0]
    assert one["kid"] == thumbprint(KEY.public_key())
    assert (one["state"], one["last_record_at_ms"], one["gaps"], one["forks"]) == ("active", NOW_MS, 1, 0)
    assert one["software"]
    assert one["records"] == sum(not name.startswith("b_") for name in filled_web.visits)


def test_altered_last_record_hides_no_device(filled_web: Web) -> None:
    with filled_web.database.writing() as connection:
        connection.execute(update(records).values(sealed=b"nonsense"))
    found = filled_web.client("administrator").get("/api/v1/devices").json()["devices"]
    assert [one["software"] for one in found] == [None, None]


def test_records_of_a_revoked_device_are_refused_and_taken_once_it_is_active_again(empty_web: Web) -> None:
    sealed = chain(2)
    administrator = empty_web.browser("administrator")

    def does(act: str) -> int:
        data, headers = {"does": act, "meant": "1"}, {"Origin": ORIGIN}
        status: int = administrator.post("/devices/device-1/acts", data=data, headers=headers).status_code
        return status

    assert len(empty_web.served.intake.take([arrival(sealed[0])])) == 1
    assert does("revoke") == 303
    assert empty_web.served.intake.take([arrival(sealed[1])]) == []
    assert empty_web.served.tally.counts["unknown_key"] == 1
    assert (does("revoke"), does("activate")) == (409, 303)
    assert len(empty_web.served.intake.take([arrival(sealed[1])])) == 1
    told = [one.entry.about for one in all_entries(empty_web) if one.entry.deed is Deed.MANAGE]
    assert told == ["/devices/device-1/acts activate", "/devices/device-1/acts revoke", "/devices/device-1/acts revoke"]


def test_revoking_is_asked_about_a_second_time_and_tells_what_it_comes_to(filled_web: Web) -> None:
    administrator = filled_web.browser("administrator")

    def state() -> str:
        found = administrator.get("/api/v1/devices").json()["devices"]
        return {one["device"]: str(one["state"]) for one in found}["device-1"]

    listed = administrator.get("/devices").text
    assert 'href="/devices/device-1/revoke"' in listed
    assert 'value="revoke"' not in listed
    path, origin = "/devices/device-1/acts", {"Origin": ORIGIN}
    answer = administrator.post(path, data={"does": "revoke"}, headers=origin)
    assert (answer.status_code, answer.headers["location"], state()) == (303, "/devices/device-1/revoke", "active")
    asked = administrator.get("/devices/device-1/revoke").text
    for told in ("吊销这台设备？", "一律拒收", "Its key signs nothing any more", "device-1", "agency-a"):
        assert told in asked, told
    form = dict(re.findall(r'name="(\w+)" value="(\w+)"', asked[asked.index(f'action="{path}"') :]))
    assert administrator.post(path, data=form, headers=origin).status_code == 303
    assert state() == "revoked"
    again = administrator.get("/devices/device-1/revoke").text
    assert "这台设备已经吊销" in again
    assert 'value="revoke"' not in again
    assert administrator.get("/devices/nothing/revoke").status_code == 404


def test_visits_of_a_revoked_device_stay_readable(filled_web: Web) -> None:
    revoke = "/api/v1/devices/device-1/acts"
    answer = filled_web.client("administrator").post(revoke, json={"act": "revoke"})
    assert answer.json()["state"] == "revoked"
    assert filled_web.client("auditor").get(f"/visits/{filled_web.visits['rich']}").status_code == 200
    listed = filled_web.client("auditor").get("/api/v1/devices?state=revoked").json()["devices"]
    assert [one["device"] for one in listed] == ["device-1"]


def test_unknown_device_is_not_found(web: Web) -> None:
    client = web.client("administrator")
    assert client.post("/api/v1/devices/nothing/acts", json={"act": "revoke"}).status_code == 404


@pytest.mark.parametrize("limit", [1, 2])
def test_pages_of_devices_follow_one_another(web: Web, limit: int) -> None:
    client, cursor, found = web.client("auditor"), None, []
    while True:
        asked = {"limit": limit} | ({} if cursor is None else {"cursor": cursor})
        answer = client.get("/api/v1/devices", params=asked).json()
        found += [one["device"] for one in answer["devices"]]
        cursor = answer["next_cursor"]
        if cursor is None:
            break
    assert found == ["device-1", "device-2"]


def test_commands_revoke_and_activate_and_the_trail_tells(empty_web: Web) -> None:
    def run(command: str, device: str = "device-1") -> int:
        return CliRunner().invoke(app, ["devices", command, device, "--database", empty_web.database.name]).exit_code

    assert [run("revoke"), run("revoke"), run("activate"), run("revoke", "nothing")] == [0, 1, 0, 1]
    told = [one.entry.about for one in all_entries(empty_web)]
    assert told == ["ingest-server devices activate device-1", "ingest-server devices revoke device-1"]

"""Thresholds are set for agencies that somebody has named, and a mistyped one is told which those are."""

from pathlib import Path

import pytest
from sqlalchemy import update
from typer.testing import CliRunner, Result

from ingest_server.cli import app
from ingest_server.store import schema
from ingest_server.store.accounts import Account, add_account
from ingest_server.store.devices import enrol
from ingest_server.store.passwords import hashed
from ingest_server.store.thresholds import own_thresholds
from ingest_server.vocabulary import Role
from tests.ingest_server.conftest import NOW_MS, Served, arrival, chain, enrolment
from tests.visit_record.examples import STRANGER

HIGH = ("--review", "0.9", "--hold", "0.99")


def thresholds(folder: Path, *arguments: str) -> Result:
    return CliRunner().invoke(app, ["thresholds", *arguments, "--data-dir", str(folder)])


@pytest.mark.parametrize("agency", ["agency-z", "AGENCY-A", "agency a", "", "../a", "a" * 1000])
def test_agency_that_nobody_has_named_is_refused_with_those_that_are_known(
    served: Served, tmp_path: Path, agency: str
) -> None:
    with served.database.writing() as connection:
        enrol(connection, [enrolment("device-2", "agency-b", STRANGER)], NOW_MS)
    refused = thresholds(tmp_path, "set", agency, *HIGH)
    assert refused.exit_code == 1, refused.output
    assert refused.stderr.startswith("错误 error: 没有机构 ")
    assert refused.stderr.endswith("known are: agency-a, agency-b\n")
    with served.database.reading() as connection:
        assert own_thresholds(connection) == {}


def test_of_many_agencies_the_first_twenty_are_told(served: Served, tmp_path: Path) -> None:
    with served.database.writing() as connection:
        for number in range(20):
            account = Account(f"supervisor-{number}", Role.SUPERVISOR, f"agency-a{number:02d}")
            add_account(connection, account, hashed("correct horse battery"))
    told = thresholds(tmp_path, "set", "agency-z", *HIGH).stderr
    assert told.endswith(", ".join(["agency-a", *(f"agency-a{number:02d}" for number in range(19))]) + " …\n")


def test_agency_that_is_enrolled_and_has_no_visit_yet_may_have_thresholds(served: Served, tmp_path: Path) -> None:
    assert thresholds(tmp_path, "set", "agency-a", *HIGH).exit_code == 0
    with served.database.reading() as connection:
        assert own_thresholds(connection).keys() == {"agency-a"}


def test_agency_of_a_supervisor_is_known_before_its_first_device(served: Served, tmp_path: Path) -> None:
    with served.database.writing() as connection:
        add_account(connection, Account("supervisor-c", Role.SUPERVISOR, "agency-c"), hashed("correct horse battery"))
        add_account(connection, Account("auditor", Role.AUDITOR, None), hashed("correct horse battery"))
    assert thresholds(tmp_path, "set", "agency-c", *HIGH).exit_code == 0


def test_agency_whose_device_moved_to_another_is_known_by_its_visits(served: Served, tmp_path: Path) -> None:
    served.intake.take([arrival(one) for one in chain(1)])
    with served.database.writing() as connection:
        connection.execute(update(schema.devices).values(agency="agency-b"))
    assert thresholds(tmp_path, "set", "agency-a", *HIGH).exit_code == 0


def test_thresholds_of_an_agency_that_is_known_no_more_can_be_taken_back(served: Served, tmp_path: Path) -> None:
    thresholds(tmp_path, "set", "agency-a", *HIGH)
    with served.database.writing() as connection:
        connection.execute(update(schema.devices).values(agency="agency-b"))
    assert thresholds(tmp_path, "set", "agency-a", *HIGH).exit_code == 1
    assert thresholds(tmp_path, "clear", "agency-a").exit_code == 0

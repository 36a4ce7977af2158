"""A city's history is the same bytes from its seed, whoever writes it, and holds as a device's own would."""

from collections import Counter, defaultdict
from dataclasses import replace
from datetime import date
from io import StringIO
from itertools import pairwise
from pathlib import Path

import msgspec
import pytest
from rich.console import Console
from typer.testing import CliRunner

from edge_agent.identity import EnrolmentRequest
from sim.benchmark.world import shipped_world
from sim.city.city import City, Span
from sim.city.command import Asked, write_history
from sim.city.records import VISITS_A_FILE, chunks, write_chunk
from sim.cli import app
from sim.errors import HistoryError
from visit_record.chain import LinkState, judge_link
from visit_record.keys import key_from_jwk, thumbprint
from visit_record.record import VisitRecord
from visit_record.sealing import OpenedRecord, digest_of, open_record

VISITS, UNTIL = 260, date(2026, 9, 1)
CONSOLE = Console(file=StringIO())


def asked(**changes: object) -> Asked:
    return msgspec.structs.replace(
        Asked(world="city", visits=VISITS, seed=4, agencies=None, days=90, until=UNTIL), **changes
    )


def contents(folder: Path) -> dict[str, bytes]:
    return {str(file.relative_to(folder)): file.read_bytes() for file in folder.rglob("*") if file.is_file()}


@pytest.fixture(scope="module")
def written(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("city") / "history"
    write_history(folder, asked(), 1, CONSOLE)
    return folder


@pytest.fixture(scope="module")
def opened(written: Path) -> list[OpenedRecord]:
    lines = (written / "devices.jsonl").read_bytes().splitlines()
    keys = [key_from_jwk(msgspec.json.decode(line, type=EnrolmentRequest).jwk) for line in lines]
    known = {thumbprint(key): key for key in keys}
    files = sorted((written / "records").iterdir())
    return [open_record(line, known.get) for file in files for line in file.read_bytes().splitlines()]


@pytest.mark.long
def test_two_processes_write_the_bytes_of_one(written: Path, tmp_path: Path) -> None:
    write_history(tmp_path / "other", asked(), 2, CONSOLE)
    assert contents(tmp_path / "other") == contents(written)
    assert len(list((written / "records").iterdir())) > 2


def test_another_seed_writes_other_people_and_keys(written: Path, tmp_path: Path) -> None:
    write_history(tmp_path / "other", asked(seed=5, visits=20), 1, CONSOLE)
    for name in ("devices.jsonl", "recipients.csv"):
        ours, others = ({*(folder / name).read_bytes().splitlines()[1:]} for folder in (written, tmp_path / "other"))
        assert not ours & others


def test_as_many_records_as_asked_each_signed_by_an_enrolled_device_of_its_agency(
    written: Path, opened: list[OpenedRecord]
) -> None:
    enrolled = [msgspec.json.decode(line) for line in (written / "devices.jsonl").read_bytes().splitlines()]
    assert len({one.record.jti for one in opened}) == VISITS
    assert {(one.record.iss, one.record.agency, one.record.ueid) for one in opened} <= {
        (one["device"], one["agency"], one["ueid"]) for one in enrolled
    }


def test_each_device_has_one_chain_written_in_order_of_time(opened: list[OpenedRecord]) -> None:
    before: defaultdict[str, list[OpenedRecord]] = defaultdict(list)
    devices = [one.record.iss for one in opened]
    for one in opened:
        past = before[one.record.iss]
        assert one.record.chain.seq == len(past) + 1
        known = [past[-1].digest] if past else []
        assert judge_link(one.record.chain, known, [], [], one.digest) is LinkState.LINKED
        assert not past or past[-1].record.span.check_in_ms < one.record.span.check_in_ms
        past.append(one)
    assert [name for at, name in enumerate(devices) if at == 0 or devices[at - 1] != name] == list(before)


def test_nobody_is_at_two_visits_at_once_nor_after_the_last_day(opened: list[OpenedRecord]) -> None:
    by_caregiver: defaultdict[str, list[VisitRecord]] = defaultdict(list)
    for one in opened:
        by_caregiver[one.record.who.caregiver].append(one.record)
    first_ms, end_ms = Span(90, UNTIL).first_morning_ms, Span(0, UNTIL).first_morning_ms
    for records in by_caregiver.values():
        records.sort(key=lambda record: record.span.check_in_ms)
        assert first_ms <= records[0].span.check_in_ms and records[-1].span.check_out_ms < end_ms
        for earlier, later in pairwise(records):
            assert earlier.span.check_out_ms <= later.span.check_in_ms


def test_every_recipient_has_a_level(written: Path, opened: list[OpenedRecord]) -> None:
    header, *rows = (written / "recipients.csv").read_text("utf-8").splitlines()
    levels = dict(row.split(",") for row in rows)
    assert header == "recipient,disability_level"
    assert {one.record.who.recipient for one in opened} <= levels.keys()
    assert set(levels.values()) <= set("23456")


@pytest.mark.parametrize("agencies", [1, 7])
def test_there_are_as_many_agencies_as_asked(agencies: int) -> None:
    city = City.drawn(shipped_world("city"), 1, 2_000, Span(365, UNTIL), agencies)
    assert sum(person.visits for person in city.people) == 2_000
    employed = Counter(home.agency for person in city.people for home in person.homes)
    assert len(employed) == agencies
    assert all(len({home.agency for home in person.homes}) == 1 for person in city.people)


def test_more_agencies_than_caregivers_are_refused() -> None:
    with pytest.raises(HistoryError, match="caregivers only"):
        City.drawn(shipped_world("city"), 1, 3, Span(365, UNTIL), 50)


@pytest.mark.parametrize(("visits", "days"), [(1, 1), (50, 1), (400, 3)])
def test_few_days_hold_whatever_is_asked(visits: int, days: int) -> None:
    city = City.drawn(shipped_world("city"), 2, visits, Span(days, UNTIL), None)
    plans = [plan for one in city.rounds for plan in city.population(one).plans]
    assert len(plans) == visits
    end_ms = Span(0, UNTIL).first_morning_ms
    assert all(Span(days, UNTIL).first_morning_ms <= plan.started_at_ms < end_ms for plan in plans)


def test_a_file_holds_some_hundred_visits_however_many_there_are(tmp_path: Path) -> None:
    city = City.drawn(shipped_world("city"), 1, 200_000, Span(365, UNTIL), None)
    found = list(chunks(city, tmp_path))
    busiest = max(person.visits for person in city.people)
    assert sum(chunk.visits for chunk in found) == 200_000
    assert max(chunk.visits for chunk in found) < VISITS_A_FILE + busiest
    # What goes to a process is its own people alone.
    assert all(not chunk.city.people for chunk in found)


def test_interrupted_it_goes_on_with_what_is_missing(written: Path, tmp_path: Path) -> None:
    folder = tmp_path / "history"
    write_history(folder, asked(), 1, CONSOLE)
    first, *_ = sorted((folder / "records").iterdir())
    first.rename(first.with_suffix(".part"))
    write_history(folder, asked(), 1, CONSOLE)
    assert contents(folder) == contents(written)
    kept = first.stat().st_mtime_ns
    write_history(folder, asked(), 1, CONSOLE)
    assert first.stat().st_mtime_ns == kept


def test_half_written_file_is_never_there_under_its_name(tmp_path: Path) -> None:
    city = City.drawn(shipped_world("city"), 1, 20, Span(30, UNTIL), None)
    [chunk] = chunks(city, tmp_path)
    # Nobody has time for so many visits: drawing them fails, after others were written.
    overworked = replace(chunk.rounds[0], person=replace(chunk.rounds[0].person, visits=10_000))
    with pytest.raises(ValueError, match="larger sample"):
        write_chunk(replace(chunk, rounds=(*chunk.rounds, overworked)))
    [left] = tmp_path.iterdir()
    assert left.suffix == ".part"


@pytest.mark.parametrize("another", [{"seed": 9}, {"visits": 9}, {"until": date(2026, 1, 1)}])
def test_folder_of_another_history_is_left_alone(written: Path, another: dict[str, object]) -> None:
    with pytest.raises(HistoryError, match="another history"):
        write_history(written, asked(**another), 1, CONSOLE)


def test_folder_of_something_else_is_left_alone_and_said_plainly(tmp_path: Path) -> None:
    (tmp_path / "letter.txt").write_text("dear")
    result = CliRunner().invoke(app, ["history", str(tmp_path), "--visits", "5"])
    assert result.exit_code == 1
    assert "holds files of something else" in result.output
    assert [file.name for file in tmp_path.iterdir()] == ["letter.txt"]


def test_command_tells_what_it_wrote(tmp_path: Path) -> None:
    options = ["--visits", "12", "--agencies", "1", "--days", "20", "--until", "2026-05-01", "--processes", "1"]
    result = CliRunner().invoke(app, ["history", str(tmp_path / "new"), *options])
    assert result.exit_code == 0
    assert "12 visits" in result.output and "1 agencies" in result.output
    lines = [line for file in (tmp_path / "new" / "records").iterdir() for line in file.read_bytes().splitlines()]
    assert len({digest_of(line) for line in lines}) == 12

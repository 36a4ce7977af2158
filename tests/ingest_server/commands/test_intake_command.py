"""Records out of files go the way of those from the broker: of enrolled devices alone, each once, whatever happens."""

import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

import pytest
from sqlalchemy import func, select
from typer.testing import CliRunner, Result

from ingest_server.cli import app
from ingest_server.counting_choice import chosen_counting
from ingest_server.data_dir import server_key
from ingest_server.intake.carried import Carried, Source
from ingest_server.intake.carried_files import Line, carried_files, lines_of
from ingest_server.intake.outcome import Outcome
from ingest_server.intake.reading import Arrival
from ingest_server.shipped import enter_shipped_rules
from ingest_server.store.afresh import check
from ingest_server.store.database import Database
from ingest_server.store.devices import enrol
from ingest_server.store.schema import devices, records, verdicts, visits
from tests.ingest_server.conftest import NOW_MS, Served, chain, enrolment
from tests.visit_record.examples import KEY, STRANGER, honest_visit
from visit_record.jws import MAX_BYTES
from visit_record.receipts import open_receipt
from visit_record.record import ChainLink
from visit_record.sealing import digest_of, seal

RECORDS = 7


@pytest.fixture
def data_dir(tmp_path: Path) -> Path:
    """A server's folder, one device enrolled."""
    folder = tmp_path / "server"
    folder.mkdir()
    database = database_of(folder)
    database.migrate()
    enter_shipped_rules(database)
    with database.writing() as connection:
        enrol(connection, [enrolment("device-1", "agency-a", KEY)], NOW_MS)
    database.close()
    return folder


@pytest.fixture
def carried(tmp_path: Path) -> Path:
    """What a device carried in: a folder of two files."""
    return write(tmp_path / "carried", chain(RECORDS), 4)


def write(folder: Path, sealed: Sequence[bytes], a_file: int) -> Path:
    (folder / "records").mkdir(parents=True)
    for start in range(0, len(sealed), a_file):
        file = folder / "records" / f"{start:03}.jws"
        file.write_bytes(b"".join(one + b"\n" for one in sealed[start : start + a_file]))
    return folder


def database_of(data_dir: Path) -> Database:
    return Database(f"sqlite:///{data_dir / 'carewitness.db'}")


def take(data_dir: Path, *asked: object, processes: int = 1) -> Result:
    options = ["--data-dir", str(data_dir), "--processes", str(processes)]
    return CliRunner().invoke(app, ["intake", *map(str, asked), *options])


def nothing() -> None:
    """What processes are prepared with."""


def stored(data_dir: Path) -> list[tuple[int, str]]:
    """(seq, link state) in the order of the ledger."""
    with database_of(data_dir).reading() as connection:
        query = select(records.c.seq, records.c.link_state).order_by(records.c.log_index)
        return [(row.seq, row.link_state) for row in connection.execute(query)]


def linked(count: int) -> list[tuple[int, str]]:
    return [(seq, "linked") for seq in range(1, count + 1)]


@pytest.mark.parametrize("processes", [1, 2])
def test_records_are_stored_in_order_weighed_and_counted(data_dir: Path, carried: Path, processes: int) -> None:
    done = take(data_dir, carried, processes=processes)
    assert (done.exit_code, stored(data_dir)) == (0, linked(RECORDS)), done.output
    assert f"{RECORDS} records taken in, 0 there already, 0 refused" in done.output
    database = database_of(data_dir)
    with database.reading() as connection:
        for table in (visits, verdicts):
            assert connection.execute(select(func.count()).select_from(table)).scalar_one() == RECORDS
    assert check(database, chosen_counting(data_dir), lambda _: None) == []


def test_files_and_the_broker_store_the_same(data_dir: Path, carried: Path, served: Served) -> None:
    take(data_dir, carried)
    served.intake.take([Arrival("carewitness/v1/agency-a/device-1/record", one) for one in chain(RECORDS)])
    columns = (records.c.digest, records.c.log_index, records.c.link_state, records.c.sealed)
    found = []
    for database in (database_of(data_dir), served.database):
        with database.reading() as connection:
            found.append(connection.execute(select(*columns).order_by(records.c.log_index)).all())
    assert found[0] == found[1]


def test_taken_in_again_everything_is_there_already(data_dir: Path, carried: Path) -> None:
    take(data_dir, carried)
    again = take(data_dir, carried)
    assert (again.exit_code, stored(data_dir)) == (0, linked(RECORDS))
    assert f"0 records taken in, {RECORDS} there already" in again.output


def test_what_is_there_already_is_neither_opened_nor_weighed_again(data_dir: Path, carried: Path) -> None:
    take(data_dir, carried)
    with database_of(data_dir).writing() as connection:
        connection.execute(devices.update().values(state="revoked"))
    # Opened, it would be refused now.
    again = take(data_dir, carried)
    assert (again.exit_code, f"{RECORDS} there already, 0 refused" in again.output) == (0, True)


def test_what_the_broker_brought_too_is_stored_once(data_dir: Path, carried: Path) -> None:
    first, *_ = sorted((carried / "records").iterdir())
    take(data_dir, first)
    assert "3 records taken in, 4 there already" in take(data_dir, carried).output
    assert stored(data_dir) == linked(RECORDS)


def test_a_record_twice_in_one_file_is_stored_once(data_dir: Path, tmp_path: Path) -> None:
    [sealed] = chain(1)
    done = take(data_dir, write(tmp_path / "twice", [sealed, sealed], 2))
    assert "1 records taken in, 1 there already, 0 refused" in done.output


def altered(sealed: bytes) -> bytes:
    return sealed[:300] + (b"A" if sealed[300:301] != b"A" else b"B") + sealed[301:]


REFUSED: dict[str, tuple[bytes, str]] = {
    "signed by a key that is enrolled nowhere": (seal(honest_visit(), STRANGER), "unknown_key"),
    "altered": (altered(seal(honest_visit(), KEY)), "signature_invalid"),
    "for another device": (seal(honest_visit(iss="device-2"), KEY), "foreign_record"),
    "for another agency": (seal(honest_visit(agency="agency-b"), KEY), "foreign_record"),
    "no record": ("亲爱的基金".encode(), "malformed"),
    "longer than any record": (b"A" * (3 * MAX_BYTES + 11), "oversized"),
}


@pytest.mark.parametrize("case", REFUSED)
def test_being_in_a_file_makes_nothing_trusted_and_the_rest_goes_on(data_dir: Path, tmp_path: Path, case: str) -> None:
    hostile, reason = REFUSED[case]
    good = chain(2)
    done = take(data_dir, write(tmp_path / "carried", [good[0], hostile, good[1]], 3))
    assert (done.exit_code, stored(data_dir)) == (3, linked(2)), done.output
    assert "2 records taken in, 0 there already, 1 refused" in done.output
    assert reason in done.output
    assert "000.jws:2" in done.output.replace("\n", "").replace(" ", "").replace("│", "")


def test_a_revoked_device_is_refused_between_two_batches(data_dir: Path, carried: Path) -> None:
    outcome = Outcome()
    source = Source(f"sqlite:///{data_dir / 'carewitness.db'}", data_dir)
    batches = Carried(source, outcome, batch=4).take(lines_of(carried_files([carried])), 1, nothing)
    next(batches)
    with database_of(data_dir).writing() as connection:
        connection.execute(devices.update().values(state="revoked"))
    list(batches)
    assert (outcome.accepted_so_far, dict(outcome.refusals)) == (4, {"unknown_key": 3})


def test_what_is_stopped_between_batches_goes_on_where_it_stopped(data_dir: Path, carried: Path) -> None:
    source = Source(f"sqlite:///{data_dir / 'carewitness.db'}", data_dir)
    first = Outcome()
    batches = Carried(source, first, batch=2).take(lines_of(carried_files([carried])), 1, nothing)
    next(batches)
    next(batches)
    batches.close()
    assert stored(data_dir) == linked(4)
    done = take(data_dir, carried)
    assert "3 records taken in, 4 there already" in done.output
    assert stored(data_dir) == linked(RECORDS)


def test_killed_at_any_moment_the_same_command_ends_with_every_record_once(data_dir: Path, tmp_path: Path) -> None:
    sealed = chain(900)
    carried = write(tmp_path / "many", sealed, 300)
    command = [sys.executable, "-m", "ingest_server", "intake", str(carried), "--data-dir", str(data_dir)]
    killed = subprocess.Popen([*command, "--processes", "1"], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    deadline_s = time.monotonic() + 30
    while not stored(data_dir) and time.monotonic() < deadline_s:
        time.sleep(0.02)
    killed.send_signal(signal.SIGKILL)
    killed.wait()
    before = len(stored(data_dir))
    assert 0 < before < 900
    done = take(data_dir, carried)
    assert f"{900 - before} records taken in, {before} there already" in done.output
    assert stored(data_dir) == linked(900)


def test_no_more_is_read_ahead_than_keeps_the_processes_busy(data_dir: Path, tmp_path: Path) -> None:
    carried, read = write(tmp_path / "many", chain(40), 40), 0

    def counted() -> Iterator[Line]:
        nonlocal read
        for line in lines_of(carried_files([carried])):
            read += 1
            yield line

    source = Source(f"sqlite:///{data_dir / 'carewitness.db'}", data_dir)
    batches = Carried(source, Outcome(), batch=2).take(counted(), 2, nothing)
    next(batches)
    # Two for each process, and the one that was waited for.
    assert read <= 2 * (2 * 2 + 1)
    batches.close()


def test_receipts_are_written_for_the_device_old_ones_too(data_dir: Path, carried: Path, tmp_path: Path) -> None:
    first, *_ = sorted((carried / "records").iterdir())
    take(data_dir, first)
    take(data_dir, carried, "--receipts", tmp_path / "receipts.jws")
    key = server_key(data_dir).public_key()
    told = [open_receipt(line, key) for line in (tmp_path / "receipts.jws").read_bytes().splitlines()]
    # After the four of the first file is the leaf of the trail, which tells of the command.
    assert {(one.seq, one.digest, one.log_index) for one in told} == {
        (seq, digest_of(sealed), seq - 1 + (seq > 4)) for seq, sealed in enumerate(chain(RECORDS), start=1)
    }


def test_lines_end_as_either_system_ends_them_and_empty_ones_are_none(data_dir: Path, tmp_path: Path) -> None:
    first, second = chain(2)
    file = tmp_path / "from a device"
    file.write_bytes(b"\n" + first + b"\r\n\r\n" + second)
    assert take(data_dir, file).exit_code == 0
    assert stored(data_dir) == linked(2)


def test_a_fork_out_of_a_file_is_kept_and_seen(data_dir: Path, carried: Path, tmp_path: Path) -> None:
    take(data_dir, carried)
    rival = seal(honest_visit(chain=ChainLink(2, digest_of(chain(1)[0])), bootcount=9), KEY)
    take(data_dir, write(tmp_path / "rival", [rival], 1))
    assert (2, "fork") in stored(data_dir)


def nothing_there(tmp_path: Path, data_dir: Path) -> tuple[Path, Path]:
    return data_dir, tmp_path / "nowhere"


def empty_folder(tmp_path: Path, data_dir: Path) -> tuple[Path, Path]:
    (tmp_path / "empty").mkdir()
    return data_dir, tmp_path / "empty"


def no_server(tmp_path: Path, _data_dir: Path) -> tuple[Path, Path]:
    return tmp_path / "mistyped", write(tmp_path / "records", chain(1), 1)


@pytest.mark.parametrize("case", [nothing_there, empty_folder, no_server])
def test_what_cannot_be_done_is_one_line(
    case: Callable[[Path, Path], tuple[Path, Path]], tmp_path: Path, data_dir: Path
) -> None:
    where, asked = case(tmp_path, data_dir)
    done = take(where, asked)
    assert done.exit_code == 1
    assert "错误 error:" in done.output and "Traceback" not in done.output

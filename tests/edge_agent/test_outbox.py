import os
import signal
import sqlite3
import subprocess
import sys
import tempfile
import textwrap
import threading
from pathlib import Path
from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from edge_agent.errors import OutboxError
from edge_agent.journal import Journal
from edge_agent.observations import VoiceObservation
from edge_agent.outbox import Outbox, WaitingRecord
from visit_record.receipts import Receipt
from visit_record.record import ChainLink
from visit_record.sealing import digest_of


def sealed_with_link(link: ChainLink) -> bytes:
    return f"{link.seq} {link.prev}".encode()


def receipt_for(record: WaitingRecord, **changes: object) -> Receipt:
    fields = {"device": "device-1", "seq": record.seq, "digest": record.digest, "log_index": 0, "received_at_ms": 0}
    return Receipt(**(fields | changes))  # type: ignore[arg-type]


def assert_chain_unbroken(sealed: list[bytes]) -> None:
    prev = None
    for seq, record in enumerate(sealed, start=1):
        assert record == f"{seq} {prev}".encode()
        prev = digest_of(record)


@settings(max_examples=60, deadline=None)
@given(st.lists(st.sampled_from(["append", "accept", "reopen", "fail"]), max_size=30), st.randoms())
def test_any_interleaving_keeps_the_chain_unbroken(steps: list[str], random: Random) -> None:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "outbox.db"
        outbox, ever, waiting = Outbox(path, "device-1"), list[bytes](), dict[int, WaitingRecord]()
        for step in steps:
            if step == "append":
                record = outbox.append(sealed_with_link)
                ever.append(record.sealed)
                waiting[record.seq] = record
            elif step == "accept" and waiting:
                assert outbox.accept(receipt_for(waiting.pop(random.choice(sorted(waiting)))))
            elif step == "reopen":
                outbox.close()
                outbox = Outbox(path, "device-1")
            elif step == "fail":
                with pytest.raises(ZeroDivisionError):
                    outbox.append(lambda _link: bytes(1 // 0))
            assert outbox.pending(99) == [waiting[seq] for seq in sorted(waiting)]
            assert outbox.head().seq == len(ever)
        outbox.close()
        assert_chain_unbroken(ever)


@pytest.mark.parametrize(
    "lie", [{"device": "device-2"}, {"seq": 2}, {"digest": "0" * 64}], ids=lambda lie: next(iter(lie))
)
def test_a_receipt_that_names_another_record_deletes_nothing(outbox: Outbox, lie: dict[str, object]) -> None:
    record = outbox.append(sealed_with_link)
    assert not outbox.accept(receipt_for(record, **lie))
    assert outbox.pending(9) == [record]


def test_the_same_receipt_twice_is_true_once(outbox: Outbox) -> None:
    record = outbox.append(sealed_with_link)
    assert outbox.accept(receipt_for(record))
    assert not outbox.accept(receipt_for(record))


def test_records_come_in_the_order_of_the_chain_in_pieces(outbox: Outbox) -> None:
    records = [outbox.append(sealed_with_link) for _ in range(5)]
    assert outbox.pending(2) == records[:2]
    assert outbox.pending(2, after_seq=2) == records[2:4]


KILLED_WHILE_SEALING = """
    import os, signal, sys
    from pathlib import Path
    from edge_agent.outbox import Outbox
    outbox = Outbox(Path(sys.argv[1]), "device-1")
    def seal(link):
        sealed = f"{link.seq} {link.prev}".encode()
        if link.seq == int(sys.argv[2]):
            os.kill(os.getpid(), signal.SIGKILL)
        return sealed
    while True:
        print(outbox.append(seal).seq, flush=True)
"""


@pytest.mark.parametrize("dies_at", [1, 2, 20])
def test_killed_between_seal_and_commit_skips_no_seq(tmp_path: Path, dies_at: int) -> None:
    path = tmp_path / "outbox.db"
    died = run_python(KILLED_WHILE_SEALING, str(path), str(dies_at))
    assert died.returncode == -signal.SIGKILL
    with Outbox(path, "device-1") as outbox:
        assert outbox.head().seq == dies_at - 1
        outbox.append(sealed_with_link)
        assert_chain_unbroken([record.sealed for record in outbox.pending(99)])


def test_killed_at_any_moment_keeps_every_record_that_was_promised(tmp_path: Path) -> None:
    path, promised = tmp_path / "outbox.db", 0
    for milliseconds in (5, 17, 40):
        process = subprocess.Popen(
            [sys.executable, "-c", textwrap.dedent(KILLED_WHILE_SEALING), str(path), "0"], stdout=subprocess.PIPE
        )
        assert process.stdout
        seqs = [int(process.stdout.readline()) for _ in range(milliseconds)]
        process.kill()
        seqs += [int(line) for line in process.communicate()[0].splitlines() if line.strip()]
        assert seqs[0] > promised, "no seq is used twice"
        promised = seqs[-1]
    with Outbox(path, "device-1") as outbox:
        assert outbox.head().seq in (promised, promised + 1), "the last may be stored and not yet told of"
        assert_chain_unbroken([record.sealed for record in outbox.pending(10_000)])


def test_two_processes_share_one_chain(tmp_path: Path) -> None:
    path = tmp_path / "outbox.db"
    script = """
        import sys
        import time
        from pathlib import Path
        from edge_agent.outbox import Outbox
        outbox = Outbox(Path(sys.argv[1]), "device-1")
        def seal_slowly(link):
            time.sleep(0.002)
            return f"{link.seq} {link.prev}".encode()
        for _ in range(50):
            outbox.append(seal_slowly)
    """
    command = [sys.executable, "-c", textwrap.dedent(script), str(path)]
    pair = [subprocess.Popen(command) for _ in range(2)]
    assert [process.wait(60) for process in pair] == [0, 0]
    with Outbox(path, "device-1") as outbox:
        assert_chain_unbroken([record.sealed for record in outbox.pending(999)])
        assert outbox.count() == 100


def test_a_file_that_another_program_is_just_making_is_waited_for(tmp_path: Path) -> None:
    path = tmp_path / "outbox.db"
    other = sqlite3.connect(path, isolation_level=None, check_same_thread=False)
    other.execute("BEGIN IMMEDIATE")
    release = threading.Timer(0.2, other.execute, ["COMMIT"])
    release.start()
    with Outbox(path, "device-1") as outbox:
        assert outbox.append(sealed_with_link).seq == 1
    release.join()
    other.close()


DISK_FULL = """
    import resource, sys
    from pathlib import Path
    from edge_agent.errors import OutboxError
    from edge_agent.outbox import Outbox
    outbox = Outbox(Path(sys.argv[1]), "device-1")
    resource.setrlimit(resource.RLIMIT_FSIZE, (400_000, 400_000))
    try:
        while True:
            stored = outbox.append(lambda link: f"{link.seq} {link.prev} ".encode() + bytes(20_000)).seq
    except OutboxError as error:
        print(stored, error)
"""


def test_a_full_disk_is_one_clear_line_and_nothing_is_half_written(tmp_path: Path) -> None:
    path = tmp_path / "outbox.db"
    said = run_python(DISK_FULL, str(path)).stdout.decode().strip()
    stored, message = said.split(" ", 1)
    assert "full" in message
    assert "\n" not in message
    with Outbox(path, "device-1") as outbox:
        assert outbox.head().seq == outbox.count() == int(stored)
        outbox.append(sealed_with_link)


def test_a_locked_file_is_one_clear_line(tmp_path: Path) -> None:
    path = tmp_path / "outbox.db"
    with Outbox(path, "device-1", busy_timeout_s=0.05) as outbox:
        other = sqlite3.connect(path, isolation_level=None)
        other.execute("BEGIN IMMEDIATE")
        with pytest.raises(OutboxError, match="another program"):
            outbox.append(sealed_with_link)
        other.execute("ROLLBACK")
        other.close()
        assert outbox.append(sealed_with_link).seq == 1


UNUSABLE: dict[str, bytes] = {
    "a text": b"this is not a database, but it is long enough to have a header of sixteen bytes",
    "damaged": b"SQLite format 3\0" + bytes(4096),
}


@pytest.mark.parametrize("case", UNUSABLE)
def test_a_file_that_is_no_outbox_is_one_clear_line_and_is_kept(tmp_path: Path, case: str) -> None:
    path = tmp_path / "outbox.db"
    path.write_bytes(UNUSABLE[case])
    with pytest.raises(OutboxError) as error:
        Outbox(path, "device-1")
    assert "\n" not in str(error.value)
    assert path.read_bytes() == UNUSABLE[case]


def test_a_folder_that_is_not_there_is_one_clear_line(tmp_path: Path) -> None:
    with pytest.raises(OutboxError, match="folder"):
        Outbox(tmp_path / "absent" / "outbox.db", "device-1")


def test_an_outbox_of_another_device_is_refused(tmp_path: Path) -> None:
    Outbox(tmp_path / "outbox.db", "device-1").close()
    with pytest.raises(OutboxError, match="belongs to device device-1"):
        Outbox(tmp_path / "outbox.db", "device-2")


def test_an_outbox_of_a_newer_version_is_refused(tmp_path: Path) -> None:
    Outbox(tmp_path / "outbox.db", "device-1").close()
    connection = sqlite3.connect(tmp_path / "outbox.db")
    connection.execute("PRAGMA user_version=99")
    connection.close()
    with pytest.raises(OutboxError, match="newer"):
        Outbox(tmp_path / "outbox.db", "device-1")


def test_the_journal_is_stored_with_its_record_or_not_at_all(outbox: Outbox) -> None:
    journal = Journal()
    journal.write(VoiceObservation(at_ms=5, similarity=0.5, speech_s=1.0, speaker=0))
    closed = journal.close("visit-1")
    with pytest.raises(ZeroDivisionError):
        outbox.append(lambda _link: bytes(1 // 0), closed)
    assert outbox.journal("visit-1") is None
    outbox.append(sealed_with_link, closed)
    lines = outbox.journal("visit-1")
    assert lines == b'{"type":"VoiceObservation","at_ms":5,"similarity":0.5,"speech_s":1.0,"speaker":0}\n'
    assert digest_of(lines) == closed.commitment == journal.commitment()


def run_python(script: str, *arguments: str) -> subprocess.CompletedProcess[bytes]:
    command = [sys.executable, "-c", textwrap.dedent(script), *arguments]
    return subprocess.run(command, capture_output=True, timeout=60, check=False, env=dict(os.environ))

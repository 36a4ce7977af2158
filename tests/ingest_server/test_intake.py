from itertools import pairwise
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import func, select, text

from ingest_server.errors import EnrolmentError, StoreError
from ingest_server.intake.intake import Intake
from ingest_server.intake.reading import Arrival
from ingest_server.intake.signers import signers_in
from ingest_server.ledger.merkle import leaf_hash, verify_inclusion
from ingest_server.scoring.verdict import Verdict
from ingest_server.store.database import Database
from ingest_server.store.devices import enrol
from ingest_server.store.ledger_nodes import Ledger
from ingest_server.store.schema import metadata, records, verdicts, visits
from tests.ingest_server.conftest import (
    NOW_MS,
    SERVER_KEY,
    Served,
    arrival,
    chain,
    counting,
    enrolment,
    served_on,
    weigher,
)
from tests.ingest_server.stores import new_store
from tests.visit_record.examples import KEY, STRANGER, honest_visit
from visit_record.keys import thumbprint
from visit_record.receipts import open_receipt
from visit_record.record import ChainLink, VisitRecord
from visit_record.sealing import digest_of, seal


def stored(served: Served) -> list[tuple[int, str]]:
    """(seq, link state) of everything stored, in the order of the ledger."""
    with served.database.reading() as connection:
        query = select(records.c.seq, records.c.link_state).order_by(records.c.log_index)
        return [(row.seq, row.link_state) for row in connection.execute(query)]


def test_record_is_stored_scored_entered_and_receipted(served: Served) -> None:
    sealed = chain(1)[0]
    [reply] = served.intake.take([arrival(sealed)])
    receipt = open_receipt(reply.receipt, SERVER_KEY.public_key())
    assert (receipt.device, receipt.seq, receipt.digest, receipt.log_index) == ("device-1", 1, digest_of(sealed), 0)
    assert reply.topic == "carewitness/v1/agency-a/device-1/receipt"
    with served.database.reading() as connection:
        assert connection.execute(select(records.c.sealed)).scalar_one() == sealed
        assert connection.execute(select(func.count()).select_from(visits)).scalar_one() == 1
        assert connection.execute(select(func.count()).select_from(verdicts)).scalar_one() == 1


def test_every_stored_record_has_its_proof_in_the_ledger(served: Served) -> None:
    sealed = chain(5)
    served.intake.take([arrival(content) for content in sealed])
    with served.database.reading() as connection:
        ledger = Ledger(connection)
        for index, content in enumerate(sealed):
            proof = ledger.inclusion_proof(index)
            assert verify_inclusion(leaf_hash(content), index, 5, proof, ledger.root())


def test_record_that_arrives_again_is_receipted_again_and_stored_once(served: Served) -> None:
    sealed = chain(2)
    first = served.intake.take([arrival(sealed[0]), arrival(sealed[0])])
    again = served.intake.take([arrival(sealed[1]), arrival(sealed[0])])
    indexes = [open_receipt(reply.receipt, SERVER_KEY.public_key()).log_index for reply in first + again]
    assert indexes == [0, 0, 1, 0]
    assert stored(served) == [(1, "linked"), (2, "linked")]
    assert +served.tally.counts == {"accepted": 2, "repeated": 2}


def test_record_that_arrives_again_gets_its_first_receipt_again(served: Served) -> None:
    sealed = chain(1)[0]
    [first] = served.intake.take([arrival(sealed)])
    later = Intake(served.database, SERVER_KEY, weigher().weigh, lambda: NOW_MS + 86_400_000, served.tally, counting())
    assert later.take([arrival(sealed)]) == [first]


def test_defect_that_one_record_brings_out_stops_nobody_elses(served: Served) -> None:
    first, second = chain(2)

    def weigh(record: VisitRecord) -> Verdict:
        if record.chain.seq == 1:
            raise ZeroDivisionError
        return weigher().weigh(record)

    replies = Intake(served.database, SERVER_KEY, weigh, lambda: NOW_MS, served.tally, counting()).take(
        [arrival(first), arrival(second)]
    )
    assert [open_receipt(reply.receipt, SERVER_KEY.public_key()).seq for reply in replies] == [2]
    assert +served.tally.counts == {"defect": 1, "accepted": 1}
    served.intake.take([arrival(first)])
    assert sorted(stored(served)) == [(1, "linked"), (2, "linked")]


def altered(sealed: bytes) -> bytes:
    return sealed[:300] + (b"A" if sealed[300:301] != b"A" else b"B") + sealed[301:]


HOSTILE: dict[str, tuple[Arrival, str]] = {
    "garbage": (Arrival("carewitness/v1/agency-a/device-1/record", b"\x00garbage"), "malformed"),
    "one altered byte": (arrival(altered(seal(honest_visit(), KEY))), "signature_invalid"),
    "signed by a stranger": (arrival(seal(honest_visit(), STRANGER)), "unknown_key"),
    "topic of another device": (arrival(seal(honest_visit(), KEY), device="device-2"), "foreign_record"),
    "topic of another agency": (arrival(seal(honest_visit(), KEY), agency="agency-b"), "foreign_record"),
    "for another device": (arrival(seal(honest_visit(iss="device-2"), KEY), device="device-2"), "foreign_record"),
    "header that no UTF-8 can hold": (
        Arrival(
            "carewitness/v1/agency-a/device-1/record",
            b"eyJhbGciOiJFZERTQSIsInR5cCI6InZpc2l0LXJlY29yZCtqd3QiLCJraWQiOiJ4IiwiXHVkODAwIjoxfQ.e30.AA",
        ),
        "malformed",
    ),
    "topic that is none of ours": (Arrival("somewhere/else", seal(honest_visit(), KEY)), "malformed"),
}


@pytest.mark.parametrize("case", HOSTILE)
def test_hostile_bytes_are_counted_by_reason_and_the_rest_of_the_batch_goes_on(served: Served, case: str) -> None:
    hostile, reason = HOSTILE[case]
    replies = served.intake.take([hostile, arrival(chain(1)[0])])
    assert len(replies) == 1
    assert stored(served) == [(1, "linked")]
    assert +served.tally.counts == {reason: 1, "accepted": 1}


def test_dropped_record_is_a_gap_that_closes_when_it_arrives(served: Served) -> None:
    first, second, third = chain(3)
    served.intake.take([arrival(first), arrival(third)])
    assert stored(served) == [(1, "linked"), (3, "gap")]
    served.intake.take([arrival(second)])
    assert sorted(stored(served)) == [(1, "linked"), (2, "linked"), (3, "linked")]


def test_cloned_key_shows_as_a_fork_and_both_records_are_kept(served: Served) -> None:
    first, second = chain(2)
    rival = seal(honest_visit(chain=ChainLink(2, digest_of(first)), bootcount=9), KEY)
    served.intake.take([arrival(first), arrival(second)])
    served.intake.take([arrival(rival)])
    assert sorted(stored(served)) == [(1, "linked"), (2, "fork"), (2, "fork")]


@settings(max_examples=15, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(order=st.permutations(range(6)), cuts=st.sets(st.integers(1, 11)), data=st.data())
def test_whatever_the_order_the_batches_and_the_repeats_every_record_is_there_once(
    tmp_path_factory: pytest.TempPathFactory, order: list[int], cuts: set[int], data: st.DataObject
) -> None:
    database = new_store(tmp_path_factory.mktemp("db") / "carewitness.db")
    with database.writing() as connection:
        enrol(connection, [enrolment("device-1", "agency-a", KEY)], NOW_MS)
    served = served_on(database)
    sealed = chain(6)
    sent = [*order, *data.draw(st.lists(st.sampled_from(range(6)), max_size=6))]
    edges = [0, *sorted(cuts), len(sent)]
    for start, end in pairwise(edges):
        served.intake.take([arrival(sealed[index]) for index in sent[start:end]])
    assert sorted(stored(served)) == [(seq, "linked") for seq in range(1, 7)]
    database.close()


def forked_chain() -> list[bytes]:
    """Five records: a second one under number 2, and a third that names neither of the two before it."""
    first, second, _ = chain(3)
    rival = seal(honest_visit(chain=ChainLink(2, digest_of(first)), bootcount=9), KEY)
    stray = seal(honest_visit(chain=ChainLink(3, "ab" * 32)), KEY)
    return [first, second, rival, stray]


@settings(max_examples=24, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(order=st.permutations(range(4)), together=st.booleans())
def test_how_records_link_does_not_depend_on_the_order_they_arrive_in(
    tmp_path_factory: pytest.TempPathFactory, order: list[int], together: bool
) -> None:
    database = new_store(tmp_path_factory.mktemp("db") / "carewitness.db")
    with database.writing() as connection:
        enrol(connection, [enrolment("device-1", "agency-a", KEY)], NOW_MS)
    served, sealed = served_on(database), forked_chain()
    arrivals = [arrival(sealed[index]) for index in order]
    for batch in [arrivals] if together else [[one] for one in arrivals]:
        served.intake.take(batch)
    assert sorted(stored(served)) == [(1, "linked"), (2, "fork"), (2, "fork"), (3, "fork")]
    database.close()


def test_failing_database_stores_nothing_and_the_batch_may_be_taken_again(served: Served) -> None:
    with served.database.writing() as connection:
        connection.execute(
            text("CREATE TRIGGER full BEFORE INSERT ON verdicts BEGIN SELECT RAISE(ABORT, 'disk full'); END")
        )
    with pytest.raises(StoreError, match="disk full"):
        served.intake.take([arrival(chain(1)[0])])
    assert stored(served) == []
    with served.database.writing() as connection:
        connection.execute(text("DROP TRIGGER full"))
    served.intake.take([arrival(chain(1)[0])])
    assert stored(served) == [(1, "linked")]


def test_database_that_fails_while_a_key_is_looked_up_is_no_defect_of_the_record(served: Served) -> None:
    with served.database.writing() as connection:
        connection.execute(text("ALTER TABLE devices RENAME TO away"))
    with pytest.raises(StoreError):
        signers_in(served.database)(thumbprint(KEY.public_key()))
    with pytest.raises(StoreError):
        served.intake.take([arrival(chain(1)[0])])
    assert +served.tally.counts == {}
    with served.database.writing() as connection:
        connection.execute(text("ALTER TABLE away RENAME TO devices"))
    assert len(served.intake.take([arrival(chain(1)[0])])) == 1


def test_one_key_cannot_be_enrolled_for_two_devices(served: Served) -> None:
    with pytest.raises(EnrolmentError), served.database.writing() as connection:
        enrol(connection, [enrolment("device-2", "agency-a", STRANGER), enrolment("device-3", "agency-a", KEY)], NOW_MS)
    with served.database.reading() as connection:
        assert connection.execute(text("SELECT count(*) FROM devices")).scalar_one() == 1


def test_migrations_make_exactly_the_tables_of_the_schema(tmp_path: Path) -> None:
    database = Database(f"sqlite:///{tmp_path / 'carewitness.db'}")
    database.migrate()
    with database.reading() as connection:
        assert compare_metadata(MigrationContext.configure(connection), metadata) == []
    database.close()


def test_database_of_another_version_is_refused_with_the_way_out(tmp_path: Path) -> None:
    database = Database(f"sqlite:///{tmp_path / 'carewitness.db'}")
    database.migrate()
    with database.writing() as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = '9999'"))
    with pytest.raises(StoreError, match="ingest-server migrate"):
        database.require_current()
    database.close()


def test_database_in_a_folder_that_is_not_there_is_a_clear_error(tmp_path: Path) -> None:
    with pytest.raises(StoreError, match="unable to open"):
        Database(f"sqlite:///{tmp_path / 'nowhere' / 'carewitness.db'}").require_current()

"""Notes of caregivers on their way in: chained, entered in the ledger and receipted as records are, never lost."""

import pytest
from sqlalchemy import func, select

from ingest_server.intake.reading import Arrival
from ingest_server.ledger.merkle import leaf_hash, verify_inclusion
from ingest_server.store.fleet import FleetFilter, fleet_page
from ingest_server.store.ledger_nodes import Ledger
from ingest_server.store.schema import visit_notes, visits
from ingest_server.store.scope import Everything, Nothing, OneAgency
from ingest_server.store.visit_notes import NoteFilter, NoteLine, NoteStanding, notes_of, notes_page
from tests.ingest_server.conftest import SERVER_KEY, Served, arrival, chain
from tests.ingest_server.notes import note_about, read
from tests.ingest_server.test_intake import stored
from tests.visit_record.examples import STRANGER, honest_visit
from tests.visit_record.test_notes import REFUSED, a_note, signed
from visit_record.note import AboutVisit
from visit_record.receipts import open_receipt
from visit_record.sealing import digest_of
from visit_record.vocabulary import ContestReason, IdentityMethod


def notes(served: Served, wanted: NoteFilter | None = None) -> list[NoteLine]:
    with served.database.reading() as connection:
        return [line for _, line in notes_page(connection, Everything(), wanted or NoteFilter(), 99)]


def test_a_note_is_chained_entered_in_the_ledger_receipted_and_kept_as_it_was_written(served: Served) -> None:
    first, second = chain(2)
    note = note_about(first, second)
    replies = served.intake.take([arrival(one) for one in (first, second, note)])
    receipt = open_receipt(replies[2].receipt, SERVER_KEY.public_key())
    assert (receipt.seq, receipt.digest, receipt.log_index) == (3, digest_of(note), 2)
    assert stored(served) == [(1, "linked"), (2, "linked"), (3, "linked")]
    with served.database.reading() as connection:
        ledger = Ledger(connection)
        assert verify_inclusion(leaf_hash(note), 2, 3, ledger.inclusion_proof(2), ledger.root())
        assert connection.execute(select(func.count()).select_from(visits)).scalar_one() == 2
    (line,) = notes(served)
    said = a_note()
    assert (line.reason, line.text, line.shown_by) == (ContestReason.TIME, said.text, IdentityMethod.PIN)
    assert (line.about.digest, line.seq, line.standing) == (digest_of(first), 3, NoteStanding.OWN)
    assert line.written_at_ms == said.iat * 1000


def test_a_note_that_arrives_again_is_receipted_again_and_stored_once(served: Served) -> None:
    (visit,) = chain(1)
    note = note_about(visit, visit)
    first = served.intake.take([arrival(visit), arrival(note), arrival(note)])
    assert served.intake.take([arrival(note)])[0] == first[1] == first[2]
    assert len(notes(served)) == 1


def test_a_note_that_is_missing_is_a_gap_and_closes_it_when_it_comes(served: Served) -> None:
    visit = chain(1)[0]
    note = note_about(visit, visit)
    later = note_about(visit, note)
    served.intake.take([arrival(visit), arrival(later)])
    assert stored(served) == [(1, "linked"), (3, "gap")]
    served.intake.take([arrival(note)])
    assert sorted(stored(served)) == [(1, "linked"), (2, "linked"), (3, "linked")]


def test_a_note_may_come_before_the_visit_that_it_is_about(served: Served) -> None:
    (visit,) = chain(1)
    served.intake.take([arrival(note_about(visit, visit))])
    assert [line.standing for line in notes(served)] == [NoteStanding.UNKNOWN]
    served.intake.take([arrival(visit)])
    assert [line.standing for line in notes(served)] == [NoteStanding.OWN]


(FIRST,), (FOREIGN,) = chain(1), chain(1, key=STRANGER)
OTHERS: dict[str, bytes] = {
    "somebody else's visit": note_about(FIRST, FIRST, caregiver="caregiver-2"),
    "another visit's id": note_about(FIRST, FIRST, about=AboutVisit(honest_visit().jti, 1, digest_of(FIRST))),
}


@pytest.mark.parametrize("case", OTHERS)
def test_a_note_that_is_not_of_its_writers_visit_is_kept_and_applied_to_none(served: Served, case: str) -> None:
    served.intake.take([arrival(FIRST), arrival(OTHERS[case])])
    assert [line.standing for line in notes(served)] == [NoteStanding.OTHERS]
    assert len(notes(served, NoteFilter(standing=NoteStanding.OTHERS))) == 1
    assert notes(served, NoteFilter(standing=NoteStanding.OWN)) == []
    with served.database.reading() as connection:
        assert notes_of(connection, Everything(), digest_of(FIRST)) == ()


def test_another_agency_sees_no_note_and_nobody_without_evidence_does(served: Served) -> None:
    (visit,) = chain(1)
    served.intake.take([arrival(visit), arrival(note_about(visit, visit))])
    with served.database.reading() as connection:
        for scope, seen in ((OneAgency("agency-a"), 1), (OneAgency("agency-b"), 0), (Nothing(), 0)):
            assert len(notes_page(connection, scope, NoteFilter(), 9)) == seen
            assert len(notes_of(connection, scope, digest_of(visit))) == seen


HOSTILE: dict[str, tuple[Arrival, str]] = {
    **{
        name: (arrival(signed(note)), "unknown_schema" if "schema" in name else "invalid_record")
        for name, note in REFUSED.items()
    },
    "a stranger's": (arrival(note_about(FIRST, FIRST, iss="device-9")), "foreign_record"),
    "on another device's topic": (arrival(note_about(FIRST, FIRST), device="device-2"), "foreign_record"),
    "by an unknown key": (arrival(note_about(FOREIGN, FOREIGN, STRANGER)), "unknown_key"),
}


@pytest.mark.parametrize("case", HOSTILE)
def test_a_hostile_note_is_counted_by_reason_and_stops_nobody_else(served: Served, case: str) -> None:
    hostile, reason = HOSTILE[case]
    assert len(served.intake.take([hostile, arrival(chain(1)[0])])) == 1
    assert +served.tally.counts == {reason: 1, "accepted": 1}
    assert notes(served) == []


def test_a_device_whose_last_word_was_a_note_still_tells_its_software(served: Served) -> None:
    (visit,) = chain(1)
    served.intake.take([arrival(visit), arrival(note_about(visit, visit, swversion="0.2.0"))])
    with served.database.reading() as connection:
        (device,) = fleet_page(connection, Everything(), FleetFilter(), 9)
    assert (device.software, device.records, device.gaps, device.forks) == ("0.2.0", 2, 0, 0)


def test_a_stored_note_says_what_was_sealed_and_no_more(served: Served) -> None:
    (visit,) = chain(1)
    note = note_about(visit, visit)
    served.intake.take([arrival(visit), arrival(note)])
    with served.database.reading() as connection:
        row = connection.execute(select(visit_notes)).one()
    assert set(row._mapping) - {"id"} == {
        "digest", "agency", "device", "caregiver", "about_visit", "about_seq", "about_digest", "written_at_ms",
        "shown_by", "reason", "text",
    }  # fmt: skip
    assert row.digest == read(note).digest

"""Notes of the demo's history: few, seeded, and such as a server takes."""

from msgspec.structs import replace

from sim.demo.notes import ONE_IN, contest_of
from tests.visit_record.examples import CHECK_IN_MS, KEY, honest_visit
from tests.visit_record.test_sealing import known
from visit_record.chain import next_link
from visit_record.note_sealing import open_note
from visit_record.sealing import OpenedRecord, digest_of, open_record, seal
from visit_record.visit_id import visit_id


def visits(count: int) -> list[OpenedRecord]:
    ids = (visit_id(CHECK_IN_MS + number, number.to_bytes(10, "big")) for number in range(count))
    return [open_record(seal(replace(honest_visit(), jti=one), KEY), known) for one in ids]


def test_few_visits_are_contested_each_by_its_own_caregiver_and_as_a_server_takes_it() -> None:
    opened = visits(20 * ONE_IN)
    found = [(one, seal_at) for one in opened if (seal_at := contest_of(one, KEY)) is not None]
    assert 5 < len(found) < 60
    for one, seal_at in found:
        note = open_note(seal_at(next_link(one.record.chain.seq, one.digest)), known).note
        assert (note.about.digest, note.caregiver) == (digest_of(one.sealed), one.record.who.caregiver)
    assert len({open_note(seal_at(next_link(9, one.digest)), known).note.reason for one, seal_at in found}) > 3


def test_the_same_visit_is_contested_alike() -> None:
    for one in visits(200):
        first, second = contest_of(one, KEY), contest_of(one, KEY)
        link = next_link(9, one.digest)
        assert (first and first(link)) == (second and second(link))

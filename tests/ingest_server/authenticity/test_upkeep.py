"""What is kept as visits arrive, are weighed anew or change their peers is what is computed afresh."""

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import msgspec
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from msgspec.structs import replace
from sqlalchemy import Connection, Row, text, update

from ingest_server.authenticity.counting import CountedVisit, Counting, Period
from ingest_server.authenticity.estimate import Kind
from ingest_server.authenticity.tariff import parse_tariff, shipped_tariff
from ingest_server.counting_choice import chosen_counting, counting_under
from ingest_server.errors import AlteredRecordError, CalibrationError, TariffError
from ingest_server.rules.rule_set import shipped_rules
from ingest_server.rules.rules import Rules
from ingest_server.scoring.calibration import Calibration
from ingest_server.scoring.evidence import EVIDENCE_IDS
from ingest_server.scoring.weigher import Weigher
from ingest_server.store.afresh import check, count_stored, counted_agencies, rebuild
from ingest_server.store.counted import digests_of_recipients, recount
from ingest_server.store.daily import add_daily, daily_deltas
from ingest_server.store.database import Database
from ingest_server.store.devices import enrol
from ingest_server.store.recipients import register, registered
from ingest_server.store.schema import counted_visits, daily_tallies, records, tallies, visits
from ingest_server.store.scope import Everything, Nothing, OneAgency
from ingest_server.store.tallies import tallies_of
from ingest_server.store.verdicts import Given, Purpose, give_again, let_stand
from tests.ingest_server.conftest import NOW_MS, Served, arrival, by_hand, counting, enrolment, served_on, weigher
from tests.ingest_server.stores import new_store
from tests.ingest_server.web.visits import empty_order, little_seen, moved, proxy_with_photo, rich_visit
from tests.visit_record.examples import KEY, STRANGER
from visit_record.catalogue import service_items
from visit_record.record import ChainLink, VisitRecord
from visit_record.sealing import digest_of, seal
from visit_record.visit_id import visit_id

HOUR_MS = 3_600_000
EVER = Period("0000-00", "9999-12")
BUILDERS = (rich_visit, empty_order, proxy_with_photo, little_seen)


def other_calibration() -> Calibration:
    """One that trusts more, and is newer."""
    table = by_hand()
    prior = {kind: 0.98 if kind == "genuine" else 0.02 * share / 0.08 for kind, share in table.prior.items()}
    return msgspec.structs.replace(table, version="another", prior=prior)


def both_calibrations() -> Counting:
    return counting_under([by_hand(), other_calibration()], shipped_tariff())


def visit(number: int) -> VisitRecord:
    """Visits of every kind, two caregivers, three recipients; the later ones without evidence, in other months."""
    record = BUILDERS[number % 4]() if number < 8 else moved(rich_visit(), -number * 200 * HOUR_MS)
    who = replace(record.who, caregiver=f"caregiver-{number % 2}", recipient=f"recipient-{number % 3}")
    return replace(record, who=who, jti=visit_id(1_790_000_000_000 + number, number.to_bytes(10, "big")))


def sealed_visits(count: int) -> list[bytes]:
    sealed: list[bytes] = []
    for number in range(count):
        link = ChainLink(number + 1, digest_of(sealed[-1]) if sealed else None)
        sealed.append(seal(replace(visit(number), chain=link, iss="device-1", agency="agency-a"), KEY))
    return sealed


SEALED = sealed_visits(12)


def other_weigher() -> Weigher:
    return Weigher(other_calibration(), service_items(), Rules(shipped_rules(EVIDENCE_IDS)))


def weigh_anew(connection: Connection, number: int, weigher: Weigher) -> None:
    digest, verdict = digest_of(SEALED[number]), weigher.weigh(visit(number))
    give_again(connection, [Given(digest, verdict, NOW_MS + 1, Purpose.AGAIN)])
    let_stand(connection, [(digest, verdict)])


def kept(database: Database) -> list[tuple[object, ...]]:
    with database.reading() as connection:
        tables = (tallies, daily_tallies)
        return [row for table in tables for row in sorted(tuple(one) for one in connection.execute(table.select()))]


def served_rows(database: Database) -> list[Row[Any]]:
    with database.reading() as connection:
        return list(connection.execute(tallies.select()))


@pytest.fixture
def filled(served: Served) -> Iterator[Served]:
    served.intake.take([arrival(one) for one in SEALED])
    yield served


@settings(max_examples=12, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(order=st.permutations(range(12)), again=st.lists(st.integers(0, 11), max_size=5, unique=True), data=st.data())
def test_kept_is_what_is_computed_afresh_whatever_came_when(
    tmp_path_factory: pytest.TempPathFactory, order: list[int], again: list[int], data: st.DataObject
) -> None:
    database = new_store(tmp_path_factory.mktemp("db") / "carewitness.db")
    with database.writing() as connection:
        enrol(connection, [enrolment("device-1", "agency-a", KEY)], NOW_MS)
    served, other = served_on(database), other_weigher()
    levels = data.draw(st.dictionaries(st.sampled_from(["recipient-0", "recipient-1"]), st.integers(0, 6)))
    at = sorted(data.draw(st.lists(st.integers(0, 12), min_size=2, max_size=2)))
    for step in ([0, at[0]], at, [at[1], 12]):
        served.intake.take([arrival(SEALED[number]) for number in order[step[0] : step[1]]])
        with database.writing() as connection:
            there = [number for number in again if number in order[: step[1]]]
            for number in there:
                weigh_anew(connection, number, other)
            again = [number for number in again if number not in there]
            recount(connection, [digest_of(SEALED[number]) for number in there], both_calibrations())
            changed = register(connection, levels)
            recount(connection, digests_of_recipients(connection, changed), both_calibrations())
    assert check(database, both_calibrations(), lambda _: None) == []
    before = kept(database)
    rebuild(database, both_calibrations(), lambda _: None)
    assert kept(database) == before
    database.close()


def test_record_that_arrives_again_is_counted_once(filled: Served) -> None:
    before = kept(filled.database)
    filled.intake.take([arrival(one) for one in SEALED])
    assert kept(filled.database) == before


def fork_of(number: int) -> bytes:
    """A second record of a visit: the same id and number, and other evidence."""
    record, link = visit(number), ChainLink(number + 1, digest_of(SEALED[number - 1]))
    services = replace(record.services, claimed=())
    return seal(replace(record, services=services, chain=link, iss="device-1", agency="agency-a"), KEY)


# What hangs on visits and records, and goes before them.
OF_VISITS = ("tallies", "daily_tallies", "counted_visits", "verdicts", "visit_exceptions")


@pytest.mark.parametrize("fork_first", [False, True])
@pytest.mark.parametrize("together", [False, True])
def test_two_records_of_one_visit_count_as_the_first_of_them(served: Served, fork_first: bool, together: bool) -> None:
    pair = [SEALED[1], fork_of(1)][:: -1 if fork_first else 1]
    served.intake.take([arrival(pair[0])])
    alone = kept(served.database)
    with served.database.writing() as connection:
        for table in (*OF_VISITS, "visits", "records", "ledger_nodes"):
            connection.execute(text(f"DELETE FROM {table}"))
    for batch in [pair] if together else [[one] for one in pair]:
        served.intake.take([arrival(one) for one in batch])
    assert kept(served.database) == alone
    assert check(served.database, counting(), lambda _: None) == []
    with served.database.writing() as connection:
        assert recount(connection, [digest_of(one) for one in pair], counting()) == 0
    rebuild(served.database, counting(), lambda _: None)
    assert kept(served.database) == alone


def test_other_agencys_record_of_the_same_id_takes_nothing_out_of_the_sums(served: Served) -> None:
    with served.database.writing() as connection:
        enrol(connection, [enrolment("device-2", "agency-b", STRANGER)], NOW_MS)
    squatting = seal(replace(visit(1), chain=ChainLink(1, None), iss="device-2", agency="agency-b"), STRANGER)
    served.intake.take([arrival(squatting, "device-2", "agency-b"), arrival(SEALED[1])])
    assert {row.agency for row in served_rows(served.database)} == {"agency-a", "agency-b"}


def test_visit_weighed_anew_and_back_leaves_no_trace(filled: Served) -> None:
    before, digest = kept(filled.database), digest_of(SEALED[1])
    with filled.database.writing() as connection:
        weigh_anew(connection, 1, other_weigher())
        assert recount(connection, [digest], both_calibrations()) == 1
    assert kept(filled.database) != before
    with filled.database.writing() as connection:
        weigh_anew(connection, 1, weigher(by_hand()))
        recount(connection, [digest], both_calibrations())
    assert kept(filled.database) == before


def test_level_of_the_registry_moves_a_recipients_visits_to_other_peers(filled: Served) -> None:
    with filled.database.writing() as connection:
        changed = register(connection, {"recipient-0": 5, "recipient-7": 2})
        assert recount(connection, digests_of_recipients(connection, changed), counting()) == 4
        assert registered(connection) == [("recipient-0", 5), ("recipient-7", 2)]
        found = tallies_of(connection, Everything(), Kind.RECIPIENT, "recipient-0", EVER)
    assert {key.stratum.split("/")[0] for key, _ in found} == {"5"}
    assert sum(tally.visits for _, tally in found) == 4


def test_changed_sum_is_found_by_the_check_and_healed_by_the_rebuild(filled: Served) -> None:
    before = kept(filled.database)
    with filled.database.writing() as connection:
        connection.execute(update(tallies).where(tallies.c.kind == "device").values(sums=msgspec.msgpack.encode({})))
    [found] = check(filled.database, counting(), lambda _: None)
    assert (found.agency, found.first[0][0]) == ("agency-a", Kind.DEVICE)
    rebuild(filled.database, counting(), lambda _: None)
    assert kept(filled.database) == before
    assert check(filled.database, counting(), lambda _: None) == []


def test_lost_sums_are_filled_again_from_the_records(filled: Served) -> None:
    done: list[int] = []
    before = kept(filled.database)
    with filled.database.writing() as connection:
        for table in ("tallies", "daily_tallies", "counted_visits"):
            connection.execute(text(f"DELETE FROM {table}"))
        assert (count_stored(connection), counted_agencies(connection)) == (12, ["agency-a"])
    rebuild(filled.database, counting(), done.append)
    assert kept(filled.database) == before
    assert sum(done) == 12


def test_record_altered_in_the_database_stops_the_rebuild_and_leaves_the_sums_as_they_were(filled: Served) -> None:
    before = kept(filled.database)
    with filled.database.writing() as connection:
        where = records.c.digest == digest_of(SEALED[0])
        connection.execute(update(records).where(where).values(sealed=SEALED[1]))
    with pytest.raises(AlteredRecordError):
        rebuild(filled.database, counting(), lambda _: None)
    assert kept(filled.database) == before


def test_verdict_under_a_calibration_that_nobody_has_any_more_is_said_so(filled: Served) -> None:
    with filled.database.writing() as connection:
        weigh_anew(connection, 1, other_weigher())
    with pytest.raises(CalibrationError, match="another"):
        check(filled.database, counting(), lambda _: None)


def days(database: Database) -> list[Row[Any]]:
    with database.reading() as connection:
        return list(connection.execute(daily_tallies.select()))


def test_days_of_all_agencies_are_their_own_together(served: Served) -> None:
    with served.database.writing() as connection:
        enrol(connection, [enrolment("device-2", "agency-b", STRANGER)], NOW_MS)
    other = seal(replace(visit(2), chain=ChainLink(1, None), iss="device-2", agency="agency-b"), STRANGER)
    served.intake.take([*(arrival(one) for one in SEALED), arrival(other, "device-2", "agency-b")])
    found = days(served.database)
    assert sum(row.visits for row in found if row.agency == "") == 13
    assert sum(row.visits for row in found if row.agency == "agency-b") == 1
    assert sum(row.settled_fen for row in found if not row.agency) == sum(
        row.settled_fen for row in found if row.agency
    )


def test_changed_day_is_found_by_the_check_and_healed_by_the_rebuild(filled: Served) -> None:
    before = kept(filled.database)
    with filled.database.writing() as connection:
        connection.execute(update(daily_tallies).where(daily_tallies.c.agency == "").values(at_risk_fen=1))
    [found] = check(filled.database, counting(), lambda _: None)
    assert found.agency == ""
    rebuild(filled.database, counting(), lambda _: None)
    assert kept(filled.database) == before
    with filled.database.writing() as connection:
        connection.execute(update(daily_tallies).where(daily_tallies.c.agency == "agency-a").values(seconds=1))
    assert [one.agency for one in check(filled.database, counting(), lambda _: None)] == ["agency-a", ""]
    rebuild(filled.database, counting(), lambda _: None)
    assert kept(filled.database) == before


def test_visit_counted_before_there_were_days_is_taken_out_of_none_and_then_counted(filled: Served) -> None:
    """As an older version left it: a row without the part, and no day that holds it."""
    before, digest = kept(filled.database), digest_of(SEALED[1])
    with filled.database.writing() as connection:
        stored = connection.execute(counted_visits.select().where(counted_visits.c.digest == digest)).one().counted
        known = msgspec.msgpack.decode(stored)
        del known["of_day"]
        was = msgspec.msgpack.encode(known)
        connection.execute(update(counted_visits).where(counted_visits.c.digest == digest).values(counted=was))
        counts = msgspec.msgpack.decode(stored, type=CountedVisit)
        add_daily(connection, daily_deltas([(counts, -1)]))
    assert kept(filled.database) != before
    with filled.database.writing() as connection:
        assert recount(connection, [digest], counting()) == 1
    assert kept(filled.database) == before


def test_money_of_a_visit_stands_beside_it(filled: Served) -> None:
    with filled.database.reading() as connection:
        row = connection.execute(visits.select().where(visits.c.digest == digest_of(SEALED[0]))).one()
    assert row.settled_fen == round(0.9 * 6500)


def test_reader_is_given_their_own_agencys_sums_alone(filled: Served) -> None:
    with filled.database.reading() as connection:
        found = {
            scope: len(tallies_of(connection, scope, Kind.CAREGIVER, "caregiver-1", EVER))
            for scope in (Everything(), OneAgency("agency-a"), OneAgency("agency-b"), Nothing())
        }
    assert found[Everything()] == found[OneAgency("agency-a")] > 0
    assert found[OneAgency("agency-b")] == found[Nothing()] == 0


def test_regions_tariff_in_the_data_folder_takes_the_examples_place(tmp_path: Path) -> None:
    assert chosen_counting(tmp_path).tariff == shipped_tariff()
    text = 'version = "ours"\nfund_share = 0.8\nmost_hours_a_visit = 4.0\ntime_zone = "Asia/Shanghai"\n'
    text += '[[rate]]\nfrom = 2026-01-01\nyuan_an_hour = 40.0\nbasis = "our own"\n'
    (tmp_path / "tariff.toml").write_text(text)
    assert chosen_counting(tmp_path).tariff == parse_tariff(text)
    (tmp_path / "tariff.toml").write_text(text.replace("0.8", "8"))
    with pytest.raises(TariffError, match=r"tariff\.toml"):
        chosen_counting(tmp_path)


def sums_of(record: VisitRecord, level: int | None = None) -> Mapping[str, int]:
    return counting()(record, weigher(by_hand()).weigh(record), level).count.sums


def test_planned_hours_are_billed_without_an_order_what_was_claimed_and_else_the_visits_own() -> None:
    record = rich_visit()
    assert record.who.order is not None
    planned = replace(record.who.order, planned_duration_s=7200.0)
    claims = tuple(replace(record.services.claimed[0], duration_s=length_s) for length_s in (1200.0, 600.0))
    unplanned = replace(record, who=replace(record.who, order=None), services=replace(record.services, claimed=claims))
    unclaimed = replace(unplanned, services=replace(record.services, claimed=()))
    assert sums_of(replace(record, who=replace(record.who, order=planned)))["billed"] == 2 * 6500
    assert sums_of(unplanned)["billed"] == 3250
    assert sums_of(unclaimed)["billed"] == 6500


def test_what_could_not_be_judged_is_billed_and_not_at_risk() -> None:
    sums = sums_of(little_seen())
    assert sums["billed"] == sums["unjudged"] > 0
    assert "at_risk" not in sums
    assert not [name for name in sums if name.startswith(("faked:", "against:"))]


def test_senses_that_observed_nothing_are_counted() -> None:
    assert {name for name in sums_of(little_seen()) if name.startswith("missing:")}

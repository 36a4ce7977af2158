"""However the kiosk is tapped, the visit is sealed and nothing that was given is lost."""

import msgspec
import pytest

from edge_agent.actions import ItemFinished, ItemRefused, ItemStarted, ItemTakenBack
from edge_agent.errors import VisitStateError
from edge_agent.evidence.visit_clock import VisitClock
from edge_agent.service_book import MOST_CLAIMS, MOST_ITEMS, ServiceBook, Standing
from visit_record.record import RefusedService, ServiceClaim
from visit_record.vocabulary import ServiceRefusalReason

DAY_MS = 86_400_000
DAY = VisitClock(0, 0, DAY_MS)


def given(book: ServiceBook, item: str, start_s: float, end_s: float) -> None:
    book.enter(ItemStarted(round(1000 * start_s), item))
    book.enter(ItemFinished(round(1000 * end_s), item))


def test_what_is_begun_again_within_a_minute_is_one_claim_and_later_another() -> None:
    book = ServiceBook()
    for start_s, end_s in ((0, 10), (70, 80), (141, 150)):
        given(book, "feeding", start_s, end_s)
    given(book, "oral_care", 81, 90)
    assert book.services(DAY).claimed == (
        ServiceClaim("feeding", 0, 80.0),
        ServiceClaim("oral_care", 81_000, 9.0),
        ServiceClaim("feeding", 141_000, 9.0),
    )


def test_two_thousand_taps_are_few_claims_that_cover_all_that_was_given() -> None:
    book, items = ServiceBook(), [f"item-{number}" for number in range(MOST_ITEMS)]
    taps = [(items[tap % 7 if tap < 1000 else tap % MOST_ITEMS], 80.0 * tap, 80.0 * tap + 5) for tap in range(1000)]
    for item, start_s, end_s in taps:
        given(book, item, start_s, end_s)
    claimed = book.services(DAY).claimed
    assert len(claimed) <= MOST_CLAIMS
    for item, start_s, end_s in taps:
        assert any(
            claim.item == item
            and claim.started_at_ms <= 1000 * start_s
            and claim.started_at_ms / 1000 + claim.duration_s >= end_s
            for claim in claimed
        )


def test_of_a_slip_nothing_is_claimed_and_what_was_given_before_stays() -> None:
    book = ServiceBook()
    given(book, "feeding", 0, 60)
    book.enter(ItemRefused(61_000, "bathing", ServiceRefusalReason.OTHER))
    for item in ("feeding", "bathing", "oral_care"):
        book.enter(ItemStarted(120_000, item))
        book.enter(ItemTakenBack(900_000, item))
    services = book.services(DAY)
    assert services.claimed == (ServiceClaim("feeding", 0, 60.0),)
    assert services.refused == (RefusedService("bathing", ServiceRefusalReason.OTHER),)
    stands = {item: (entry.standing, entry.given_ms) for item, entry in book.entries(1_000_000).items()}
    assert stands == {"feeding": (Standing.GIVEN, 60_000), "bathing": (Standing.REFUSED, 0)}, "oral care is open again"


@pytest.mark.parametrize("before", [[], [ItemStarted(0, "feeding"), ItemFinished(1_000, "feeding")]])
def test_what_is_not_under_way_is_not_taken_back(before: list[ItemStarted | ItemFinished]) -> None:
    book = ServiceBook()
    for action in before:
        book.enter(action)
    stood = (book.services(DAY), book.taps)
    with pytest.raises(VisitStateError, match="not been begun"):
        book.enter(ItemTakenBack(2_000, "feeding"))
    assert (book.services(DAY), book.taps) == stood


def test_a_slip_takes_no_place_of_a_kind_of_service() -> None:
    book = ServiceBook()
    for number in range(2 * MOST_ITEMS):
        book.enter(ItemStarted(0, f"item-{number}"))
        book.enter(ItemTakenBack(1_000, f"item-{number}"))
    given(book, "feeding", 2, 3)


def test_a_reason_that_was_changed_is_told_alone() -> None:
    book = ServiceBook()
    for at_ms, reason in enumerate((ServiceRefusalReason.NO_SUPPLIES, ServiceRefusalReason.RECIPIENT_REFUSED)):
        book.enter(ItemRefused(at_ms, "bathing", reason))
    assert book.services(DAY).refused == (RefusedService("bathing", ServiceRefusalReason.RECIPIENT_REFUSED),)
    assert book.entries(2)["bathing"].reason is ServiceRefusalReason.RECIPIENT_REFUSED


def test_however_often_items_are_refused_each_is_told_once_with_its_last_reason() -> None:
    book, reasons = ServiceBook(), list(ServiceRefusalReason)
    for tap in range(2000):
        last = reasons[tap // MOST_ITEMS % len(reasons)]
        book.enter(ItemRefused(tap, f"item-{tap % MOST_ITEMS}", last))
    for item in range(MOST_ITEMS):
        book.enter(ItemRefused(2000 + item, f"item-{item}", last))
    refused = book.services(DAY).refused
    assert len(refused) == MOST_ITEMS
    assert {one.item for one in refused} == {f"item-{number}" for number in range(MOST_ITEMS)}
    assert {one.reason for one in refused} == {last}


def test_one_kind_of_service_too_many_is_refused_and_changes_nothing() -> None:
    book = ServiceBook()
    for number in range(MOST_ITEMS):
        given(book, f"item-{number}", number, number + 1)
    before = book.services(DAY)
    with pytest.raises(VisitStateError, match="too many"):
        book.enter(ItemStarted(99_000, "one-more"))
    assert book.services(DAY) == before
    given(book, "item-0", 3_600, 3_660)


def test_the_fullest_book_takes_twenty_kilobytes_at_most() -> None:
    book, items = ServiceBook(), [f"{number:02d}" + "x" * 62 for number in range(MOST_ITEMS)]
    for item in items:
        book.enter(ItemRefused(0, item, ServiceRefusalReason.FAMILY_ALREADY_DID))
    for tap in range(2000):
        given(book, items[tap % MOST_ITEMS], 40 * tap, 40 * tap + 1)
    assert len(msgspec.json.encode(book.services(DAY))) < 20_000

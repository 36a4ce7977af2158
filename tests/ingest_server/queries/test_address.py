"""A question as an address: read, written, and refused with what to do."""

from collections.abc import Sequence
from datetime import UTC, date, datetime, time
from urllib.parse import parse_qsl
from zoneinfo import ZoneInfo

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from ingest_server.queries.address import read, written
from ingest_server.queries.bounds import bound
from ingest_server.queries.columns import Kind, Operator, Order, View, ViewColumn
from ingest_server.queries.query import MOST_ADDRESS, MOST_FILTERS, Filter, Query, RefusedQueryError
from ingest_server.queries.values import canonical
from ingest_server.queries.views import VIEWS
from visit_record.readable import is_readable

SHANGHAI = ZoneInfo("Asia/Shanghai")
FIRST, LAST = date(1970, 1, 1), date(9998, 12, 31)
FIRST_MOMENT, LAST_MOMENT = (datetime.combine(day, time()) for day in (FIRST, LAST))
# The first text that is drawn reads all of Unicode, which takes seconds where others work too.
unhurried = settings(suppress_health_check=[HealthCheck.too_slow], deadline=None)


def asked(address: str, view: str = "visits") -> Query:
    return read(VIEWS[view], parse_qsl(address, keep_blank_values=True))


def values(column: ViewColumn, operator: Operator) -> st.SearchStrategy[str]:
    """Any value of a column as somebody may type it."""
    if operator is Operator.EMPTY or column.kind is Kind.YES_NO:
        return st.sampled_from(["yes", "no"])
    if column.vocabulary is not None:
        return st.sampled_from([value.value for value in column.vocabulary])
    by_kind: dict[Kind, st.SearchStrategy[str]] = {
        Kind.ID: st.text(st.characters(codec="utf-8", exclude_characters=" ,，;；、"), min_size=1, max_size=12).filter(
            lambda text: is_readable(text) and not any(one.isspace() for one in text)
        ),
        Kind.MOMENT: st.one_of(
            st.dates(FIRST, LAST).map(str),
            st.datetimes(FIRST_MOMENT, LAST_MOMENT).map(lambda at: at.isoformat(timespec="seconds")),
        ),
        Kind.MONTH: st.dates(FIRST, LAST).map(lambda day: day.strftime("%Y-%m")),
        Kind.COUNT: st.integers(0, 999_999_999).map(str),
        Kind.SHARE: st.decimals(0, 1, places=4).map(str),
    }
    return by_kind.get(column.kind, st.decimals(0, 100_000, places=2).map(str))


@st.composite
def queries(draw: st.DrawFn) -> Query:
    view = draw(st.sampled_from(list(VIEWS.values())))
    pairs = [
        (column, operator) for column in view.asked for operator in column.operators if operator is not Operator.TO
    ]
    chosen = draw(st.lists(st.sampled_from(pairs), unique_by=lambda pair: (pair[0].name, pair[1]), max_size=4))
    filters = tuple(
        Filter(column.name, operator, tuple(dict.fromkeys(
            canonical(column, operator, value)
            for value in draw(
                st.lists(values(column, operator), min_size=1, max_size=3 if operator is Operator.ONE_OF else 1)
            )
        )))
        for column, operator in chosen
    )  # fmt: skip
    shown = [column.name for column in view.shown]
    columns = draw(st.lists(st.sampled_from(shown), unique=True, min_size=1, max_size=3))
    order = Order(draw(st.sampled_from(view.orders)), draw(st.booleans()))
    return Query(view, filters, tuple(name for name in shown if name in columns), order)


@unhurried
@given(queries())
def test_question_read_from_its_own_address_is_the_same(query: Query) -> None:
    address = written(query)
    if len(address) <= MOST_ADDRESS:
        assert asked(address, query.view.name) == query


@given(st.sampled_from(list(VIEWS)), st.lists(st.tuples(st.text(max_size=20), st.text(max_size=20))))
def test_any_address_is_a_question_or_refused_in_both_languages(view: str, pairs: list[tuple[str, str]]) -> None:
    try:
        read(VIEWS[view], pairs)
    except RefusedQueryError as refused:
        assert all(one.words.zh and one.words.en for one in refused.refusals)


def test_question_without_conditions_is_all_rows_in_the_views_order() -> None:
    query = asked("")
    assert (query.filters, query.order, written(query)) == ((), Order("check_in", falling=True), "")
    assert query.columns[0] == "visit"


def test_what_was_left_empty_asks_nothing_and_what_pages_is_no_part_of_the_question() -> None:
    assert asked("agency=&check_in__from=+&cursor=x&limit=5&columns=&order=") == asked("")


def test_lists_are_read_as_people_paste_them() -> None:
    assert asked("caregiver__in=a,b%0Ac；d&caregiver__in=a").filters == (
        Filter("caregiver", Operator.ONE_OF, ("a", "b", "c", "d")),
    )


def test_link_of_a_question_is_one_whoever_types_it() -> None:
    typed = "at_risk_yuan__from=0100.50&columns=at_risk_yuan,visit"
    assert written(asked(typed)) == "at_risk_yuan__from=100.5&columns=visit,at_risk_yuan"
    assert written(asked("order=at_risk_yuan")) == "order=at_risk_yuan"
    assert written(asked("order=-check_in")) == ""


REFUSED = {
    "no such column": ("colour=red", "colour", "check_in"),
    "text cannot be asked for": ("note__contains=x", "note__contains", "empty"),
    "operator of another kind": ("band__begins=h", "band__begins", "in"),
    "equals where only a list goes": ("band=hold", "band", "in"),
    "no such operator": ("agency__like=x", "agency__like", "begins"),
    "word of no vocabulary": ("band__in=hold,great", "band__in", "credible"),
    "no date": ("check_in__from=yesterday", "check_in__from", "2026-09-01"),
    "date of no calendar": ("check_in__from=2026-02-30", "check_in__from", "2026-09-01"),
    "date that no clock reaches": ("check_in__from=0001-01-01", "check_in__from", "2026-09-01"),
    "no number": ("at_risk_yuan__from=1e3", "at_risk_yuan__from", "120.50"),
    "not a number": ("suspicion__from=nan", "suspicion__from", "0.5"),
    "share above one": ("suspicion__from=50", "suspicion__from", "0.5"),
    "number that no row reaches": ("case=99999999999", "case", "999999999"),
    "neither yes nor no": ("handled=1", "handled", "yes"),
    "written twice": ("agency=a&agency=b", "agency", "once"),
    "range turned round": ("check_in__from=2026-09-02&check_in__to=2026-09-01", "check_in__to", "swap"),
    "amounts turned round": ("at_risk_yuan__from=10&at_risk_yuan__to=9.5", "at_risk_yuan__to", "swap"),
    "hidden characters": ("agency=a%E2%80%AEb", "agency", "seen"),
    "too long a value": (f"agency={'a' * 65}", "agency", "64"),
    "too many values": (f"agency__in={','.join(str(one) for one in range(60))}", "agency__in", "50"),
    "no such order": ("order=agency", "order", "check_in"),
    "two orders": ("order=at_risk_yuan&order=duration_min", "order", "check_in"),
    "no such column to show": ("columns=visit,colour", "columns", "check_in"),
    "too long an address": (f"agency__in={','.join('a' * 60 + str(one) for one in range(10, 20))}", "", "420"),
}


@pytest.mark.parametrize(("address", "field", "tells"), REFUSED.values(), ids=REFUSED)
def test_what_is_not_understood_names_its_field_and_what_to_do(address: str, field: str, tells: str) -> None:
    view = "case_steps" if "note" in address else "visits"
    with pytest.raises(RefusedQueryError) as refused:
        asked(address, view)
    (one,) = refused.value.refusals
    assert one.field == field
    assert tells in one.words.en
    assert one.words.zh != one.words.en


def test_everything_that_is_wrong_is_told_at_once() -> None:
    with pytest.raises(RefusedQueryError) as refused:
        asked("colour=red&band__in=great&order=colour")
    assert [one.field for one in refused.value.refusals] == ["colour", "band__in", "order"]


def test_too_many_filters_are_refused() -> None:
    filters = [f"{name}__contains=x" for name in ("visit", "agency", "caregiver", "recipient", "device", "record")]
    filters += [f"{name}__begins=x" for name in ("visit", "agency", "caregiver", "recipient", "device", "record")]
    assert len(asked("&".join(filters)).filters) == MOST_FILTERS
    with pytest.raises(RefusedQueryError, match="at most 12"):
        asked("&".join([*filters, "handled=yes"]))


DAY_MS = 86_400_000
# Midnight of 2026-09-01 in Shanghai.
MIDNIGHT_MS = 1_788_192_000_000


@pytest.mark.parametrize(
    ("text", "operator", "expected"),
    [
        ("2026-09-01", Operator.FROM, MIDNIGHT_MS),
        ("2026-09-01", Operator.TO, MIDNIGHT_MS + DAY_MS - 1),
        ("2026-09-01T00:00", Operator.TO, MIDNIGHT_MS),
        ("2026-08-31T16:00:00Z", Operator.FROM, MIDNIGHT_MS),
        ("2026-08-31T16:00:00+00:00", Operator.TO, MIDNIGHT_MS),
    ],
)
def test_day_of_the_screens_zone_is_whole(text: str, operator: Operator, expected: int) -> None:
    column = VIEWS["visits"].column("check_in")
    assert column is not None
    assert bound(column, operator, canonical(column, operator, text), SHANGHAI) == expected


def test_day_on_which_clocks_are_put_forward_is_shorter() -> None:
    column = VIEWS["visits"].column("check_in")
    assert column is not None
    berlin = ZoneInfo("Europe/Berlin")
    ends = bound(column, Operator.TO, "2026-03-29", berlin)
    begins = bound(column, Operator.FROM, "2026-03-29", berlin)
    assert isinstance(ends, int)
    assert isinstance(begins, int)
    assert ends - begins == 23 * 3_600_000 - 1
    assert bound(column, Operator.TO, "2026-03-29", UTC) == bound(column, Operator.FROM, "2026-03-30", UTC) - 1  # type: ignore[operator]


def every_view() -> Sequence[View]:
    return tuple(VIEWS.values())


@pytest.mark.parametrize("view", every_view(), ids=lambda view: view.name)
def test_view_is_whole(view: View) -> None:
    names = [column.name for column in view.columns]
    assert len(names) == len(set(names))
    assert set(view.orders) <= {column.name for column in view.shown}
    assert set(view.key) <= {column.name for column in view.shown}
    for column in view.columns:
        assert (column.kind is Kind.WORD) == (column.vocabulary is not None), column.name
        assert "__" not in column.name
        assert column.name not in {"order", "columns", "cursor", "limit"}
        assert column.label.zh
        assert column.means.zh != column.means.en

"""The form of a question: what is typed into it, and the link that it comes to."""

from urllib.parse import parse_qsl

import pytest
from hypothesis import given

from ingest_server.queries.address import read, written
from ingest_server.queries.columns import Operator
from ingest_server.queries.form import Row, changed, first_rows, is_sent, new_rows, pairs_of, rows_of, sent
from ingest_server.queries.form import Sent as SentForm
from ingest_server.queries.query import Query
from ingest_server.queries.views import VIEWS
from tests.ingest_server.queries.test_address import queries, unhurried

VISITS = VIEWS["visits"]


def test_rows_are_read_in_their_order_with_every_value() -> None:
    pairs = parse_qsl("c10=band&o10=in&v10=hold&v10=review&c2=agency&o2=is&v2=a&order=-at_risk_yuan&do=ask")
    form = sent(pairs)
    assert form.rows == (Row("agency", "is", ("a",)), Row("band", "in", ("hold", "review")))
    assert pairs_of(form) == [
        ("agency", "a"), ("band__in", "hold"), ("band__in", "review"), ("order", "-at_risk_yuan"),
    ]  # fmt: skip
    assert is_sent(pairs)
    assert not is_sent(parse_qsl("agency=a&order=visit"))


def test_buttons_add_and_take_out_rows() -> None:
    typed = "c0=agency&o0=is&v0=a&c1=band&o1=in&v1=hold"
    form = changed(VISITS, sent(parse_qsl(f"{typed}&do=add&new=check_in")))
    assert form is not None
    assert [row.column for row in form.rows] == ["agency", "band", "check_in", "check_in"]
    form = changed(VISITS, sent(parse_qsl(f"{typed}&do=drop-0")))
    assert form is not None
    assert form.rows == (Row("band", "in", ("hold",)),)
    assert changed(VISITS, sent(parse_qsl(f"{typed}&do=ask"))) is None


def test_row_without_a_value_asks_nothing_but_whether_it_is_empty_does() -> None:
    form = SentForm((Row("agency", "is", (" ",)), Row("case", "empty"), Row("outcome", "filled", ("x",))), ())
    assert pairs_of(form) == [("case__empty", "yes"), ("outcome__empty", "no")]


@unhurried
@given(queries())
def test_link_fills_the_form_that_comes_to_the_same_link(query: Query) -> None:
    pairs = parse_qsl(written(query), keep_blank_values=True)
    rest = tuple(pair for pair in pairs if pair[0] in {"order", "columns"})
    again = pairs_of(SentForm(rows_of(pairs), rest))
    if len(written(query)) <= 420:
        assert read(query.view, again) == query


@pytest.mark.parametrize("name", ["agency", "check_in", "band", "handled", "nothing", "month"])
def test_new_rows_are_of_the_column_and_of_what_may_be_asked(name: str) -> None:
    column = VISITS.column(name)
    rows = new_rows(VISITS, name)
    assert bool(rows) == (column is not None)
    for row in rows:
        assert column is not None
        assert Operator(row.operator) in column.operators


def test_form_opens_with_the_period() -> None:
    assert [(row.column, row.operator) for row in first_rows(VISITS)] == [("check_in", "from"), ("check_in", "to")]
    assert first_rows(VIEWS["agencies"]) == ()

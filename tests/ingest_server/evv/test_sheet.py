"""The export's fields are the ones that its document describes, and no cell runs in a spreadsheet."""

import re
from datetime import date
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from msgspec.structs import replace

from ingest_server.edits.codes import FIELDS, NEEDS_A_MEMO, PAIRED, ActionTaken, Field, Reason
from ingest_server.edits.edit import Change, Edit, Mark
from ingest_server.errors import ExportError
from ingest_server.evv.days import span_of
from ingest_server.evv.fields import DESCRIBED, SHARES_DESCRIBED
from ingest_server.evv.sheet import COLUMNS, SHARE_COLUMNS, cells_of
from ingest_server.evv.visit import RowState, Source, altered_visit, evv_visit
from ingest_server.scoring.verdict import Band, RaisedException
from tests.ingest_server.web.visits import momentary, rich_visit
from tests.visit_record.examples import minutes
from visit_record.vocabulary import ExceptionClass, ExceptionCode

DOCUMENT = (Path(__file__).parents[3] / "docs" / "evv.md").read_text("utf-8")
SHANGHAI = ZoneInfo("Asia/Shanghai")
EDIT = Edit(
    1,
    "supervisor-a",
    minutes(600),
    Reason.FORGOT_CHECK_OUT,
    ActionTaken.SIGNED_TIMESHEET,
    "=1+1",
    None,
    (Change(Field.END, minutes(60), minutes(75)),),
    (Mark.LENGTHENS, Mark.DOUBTED),
)
RAISED = (RaisedException(ExceptionCode.GPS_DISTANCE, ExceptionClass.ACKNOWLEDGE),)
SOURCE = Source("visit-1", "d" * 64, 7, Band.REVIEW, rich_visit(), RAISED, (EDIT,))


def named_in(heading: str) -> list[str]:
    """The first column of the table under a heading row."""
    table = DOCUMENT[DOCUMENT.index(heading) :].split("\n\n")[0]
    return [found[1] for line in table.splitlines() if (found := re.match(r"\| `(\w+)`", line))]


def test_every_field_is_described_and_nothing_else_in_its_order() -> None:
    assert tuple(named_in("| field | element |")) == COLUMNS
    assert tuple(named_in("| field | what it is |")) == SHARE_COLUMNS


def cells_under(heading: str) -> list[tuple[str, ...]]:
    """The cells of the table under a heading row, as they are written."""
    table = DOCUMENT[DOCUMENT.index(heading) :].split("\n\n")[0]
    return [tuple(cell.strip() for cell in line.strip("|").split("|")) for line in table.splitlines()[2:]]


def test_document_and_page_say_the_same_of_every_field() -> None:
    told = [(f"`{one.name}`", one.element or "", one.means.en) for one in DESCRIBED]
    assert cells_under("| field | element |") == told
    assert cells_under("| field | what it is |") == [(f"`{one.name}`", one.means.en) for one in SHARES_DESCRIBED]


def test_fields_name_the_same_codes_in_both_languages() -> None:
    for one in (*DESCRIBED, *SHARES_DESCRIBED):
        zh, en = (set(re.findall(r"`(\w+)`", text)) for text in (one.means.zh, one.means.en))
        assert zh == en, one.name
        assert one.means.zh
        assert one.means.en


def test_reasons_that_the_document_describes_are_those_of_the_tables() -> None:
    assert named_in("| reason | may change |") == [reason.value for reason in Reason]
    for line in DOCUMENT.splitlines():
        cells = [cell.strip() for cell in line.strip("|").split("|")]
        if len(cells) == 3 and (found := re.fullmatch(r"`(\w+)`", cells[0])) and found[1] in set(Reason):
            fields = {field for field in Field if field in re.findall(r"\w+", cells[1])}
            assert fields == FIELDS[Reason(found[1])], line
    memo = next(line for line in DOCUMENT.splitlines() if line.startswith("| memo |"))
    assert set(re.findall(r"`(\w+)`", memo)) == NEEDS_A_MEMO


def test_actions_that_the_document_pairs_are_those_of_the_table() -> None:
    told: dict[str, set[str]] = {}
    last: set[str] = set()
    for line in DOCUMENT[DOCUMENT.index("| reason | may change |") :].split("\n\n")[0].splitlines()[2:]:
        reason, _, actions = (cell.strip() for cell in line.strip("|").split("|"))
        words = set(re.findall(r"`(\w+)`", actions))
        if actions.startswith("the same"):
            words |= last
        for other in words & set(told):
            words = (words - {other}) | told[other]
        told[reason.strip("`")] = last = words
    assert told == {reason.value: {action.value for action in PAIRED[reason]} for reason in Reason}


def test_visit_is_told_as_planned_captured_and_edited() -> None:
    row = evv_visit(SOURCE, SHANGHAI)
    assert (row.start_captured, row.start_edited) == ("2026-09-21T22:13:20+08:00", None)
    assert (row.end_captured, row.end_edited) == ("2026-09-21T23:13:20+08:00", "2026-09-21T23:28:20+08:00")
    assert (row.service_date, row.state, row.exceptions) == (
        "2026-09-21",
        RowState.INTACT,
        ("GPS_DISTANCE:acknowledge",),
    )
    assert (row.check_in_position, row.check_in_from_home_m) == ("measured", 8.0)
    change = row.edits[0].changes[0]
    assert (change.before, change.after) == ("2026-09-21T23:13:20+08:00", "2026-09-21T23:28:20+08:00")


def test_edit_is_one_cell_and_its_memo_is_in_none() -> None:
    line = dict(zip(COLUMNS, cells_of(evv_visit(SOURCE, SHANGHAI)), strict=True))
    assert line["edits"] == (
        "1 2026-09-22T08:13:20+08:00 supervisor-a forgot_check_out/signed_timesheet end [lengthens doubted]"
    )
    assert line["items_captured"] == "feeding; bed_making; hand_and_foot_care"
    assert "=1+1" not in str(line)


def test_last_moment_of_a_record_has_a_date_east_of_greenwich() -> None:
    row = evv_visit(replace(SOURCE, record=momentary(), edits=()), SHANGHAI)
    assert row.service_date == "9999-12-31"


def test_altered_record_is_a_row_that_tells_nothing_of_the_visit() -> None:
    row = altered_visit("visit-1", "d" * 64, 7, "agency-a")
    filled = {name for name in COLUMNS if getattr(row, name) not in {None, ()}}
    assert filled == {"visit", "record_digest", "log_index", "state", "agency"}


def test_unreadable_verdict_is_no_visit_without_exceptions() -> None:
    row = evv_visit(replace(SOURCE, raised=None), SHANGHAI)
    assert (row.state, row.exceptions) == (RowState.VERDICT_UNREADABLE, None)


def test_days_are_those_of_the_zone_and_the_last_is_included() -> None:
    span = span_of(date(2026, 9, 21), date(2026, 9, 21), SHANGHAI)
    assert span.until_ms - span.since_ms == 86_400_000
    assert span.since_ms <= minutes(0) < span.until_ms
    for first, last in ((date(2026, 9, 2), date(2026, 9, 1)), (date(2026, 9, 1), date.max)):
        with pytest.raises(ExportError):
            span_of(first, last, SHANGHAI)

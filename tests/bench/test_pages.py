"""The bench of pages asks whatever the server's own table offers, and tells what it could not ask."""

from collections import Counter
from io import StringIO
from pathlib import Path

import pytest
from rich.console import Console

from bench.pages.__main__ import measure_on, show
from bench.pages.actions import ROUND, filled
from bench.pages.city_store import make_store
from bench.pages.crowd import Crowd
from bench.pages.forms import form_that, forms_of
from bench.pages.measuring import Found, Seen, Size
from bench.pages.questions import Question, questions
from bench.pages.report import Line, lines_of, page_table
from bench.pages.timing import Spread, Timed

SMALL = Size(plainly=1, each_choice=1, decided=1, supervisors=1, crowd=4, clicks=5, pause_s=0.01)
PAGE = """
<form method="post" action="/logout"><button>out</button></form>
<form method="post" action="/visits/1/steps?record=2&amp;x=3"><input type="hidden" name="seen_version" value="4">
  <textarea name="note"></textarea><button name="does" value="take">T</button></form>
<form method="post" action="/visits/1/steps"><input name="seen_version" value="4"><input name="until" type="date">
  <button name="does" value="snooze">S</button></form>
"""


@pytest.mark.long
def test_every_page_and_answer_of_a_real_server_is_asked_for(tmp_path: Path) -> None:
    console = Console(width=160, file=StringIO())
    found = measure_on(make_store(tmp_path, 120, 3), tmp_path, SMALL, console)
    asked = {question.route for _, question in found.seen.answers}
    assert asked == {question.route for question in questions()}
    assert not found.seen.unfilled
    assert not [(who, one) for (who, one), timed in found.seen.answers.items() if timed.refused]
    assert {does: len(timed.took_ms) for does, timed in found.steps.items()} == Counter(ROUND)
    for met in found.crowds.values():
        assert (len(met.took_ms), met.errors) == (4 * 5, Counter())
    show(found, console)


def test_questions_are_the_routes_of_the_app_with_each_choice_of_their_queries() -> None:
    asked = set(questions())
    assert {
        Question("/"),
        Question("/", "band=hold"),
        Question("/", "work=snoozed"),
        Question("/", "band=all"),
    } <= asked
    assert {Question("/trail", "refused=1"), Question("/api/v1/trail", "refused=true")} <= asked
    assert Question("/visits/{visit}").names == {"visit"}
    assert {Question("/api/v1/evv", "from={from}&to={to}"), Question("/query/visits.csv")} <= asked
    assert not any(question.route.startswith("/static") for question in asked)


def test_a_route_that_no_row_can_fill_is_told_and_missed() -> None:
    strange = Question("/wards/{ward}")
    seen = Seen(baseline(), {("auditor", Question("/")): timed(1.0)}, [strange])
    [plain, missing] = lines_of(Found(seen, {}))
    assert (plain.met, missing.met, missing.wrong) == (True, False, "no row has ward")


def test_a_route_is_as_slow_as_the_slowest_of_its_choices() -> None:
    answers = {("auditor", Question("/")): timed(5.0), ("auditor", Question("/", "band=all")): timed(300.0)}
    [line] = lines_of(Found(Seen(baseline(), answers, []), {}))
    assert (line.slowest, line.met) == ("band=all", False)


@pytest.mark.parametrize("status", [404, 500, 503])
def test_a_fast_refusal_is_no_fast_answer(status: int) -> None:
    answers = timed(1.0)
    answers.note(status, 0.1)
    [line] = lines_of(Found(Seen(baseline(), {("auditor", Question("/")): answers}, []), {}))
    assert (line.met, str(status) in line.wrong) == (False, True)


def test_an_error_in_a_crowd_misses_its_aim_and_coming_second_does_not() -> None:
    fine = Crowd([10.0] * 20, told=3, seconds=1.0)
    broken = Crowd([10.0] * 20, errors=Counter({"500": 1}), seconds=1.0)
    lines = lines_of(Found(Seen(baseline(), {}, []), {}, {"fine": fine, "broken": broken}))
    assert [line.met for line in lines] == [True, False]


def test_figures_are_multiples_of_the_barest_answer() -> None:
    console = Console(width=160, record=True, file=StringIO())
    line = Line("/", "auditor", Spread.of([30.0] * 9), 100.0)
    console.print(page_table([line], Spread.of([2.0])))
    assert "15.0" in console.export_text()


def test_a_form_is_sent_as_it_stands_with_what_was_typed() -> None:
    take = form_that(PAGE, "take")
    assert take is not None and take.action == "/visits/1/steps?record=2&x=3"
    assert filled(take, "take") == {"seen_version": "4", "note": "bench", "does": "take"}
    snooze = form_that(PAGE, "snooze")
    assert snooze is not None and filled(snooze, "snooze")["until"] > "2026"
    assert form_that(PAGE, "close:confirmed") is None
    assert len(forms_of(PAGE)) == 3


def baseline() -> Timed:
    return timed(1.0)


def timed(ms: float) -> Timed:
    found = Timed()
    found.note(200, ms)
    return found

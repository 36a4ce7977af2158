"""The life of a case: nothing happens out of turn, and nobody alone confirms that a visit was faked."""

from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ingest_server.cases.checking import MOST_DUE_MS
from ingest_server.cases.life import UNDO_MS, possible, standing_after
from ingest_server.cases.standing import Standing
from ingest_server.cases.step import AGENCYS_WORD, NEEDS_A_NOTE, NEXT, UNDOABLE, Action, Outcome, State, Step
from ingest_server.errors import CaseError
from ingest_server.local_days import DAY_MS

NOW_MS = 1_790_000_000_000
OPENED = Step(Action.OPEN, "first", NOW_MS, until_ms=NOW_MS + 1)
# Steps that bring a case to each state.
TO = {
    State.PENDING: (),
    State.INVESTIGATING: (Action.TAKE,),
    State.AWAITING_INFORMATION: (Action.ASK,),
    State.PENDING_SECOND_APPROVAL: (Action.PROPOSE,),
    State.CLOSED: (Action.CLOSE,),
}


def step(action: Action, actor: str = "first", at_ms: int = NOW_MS + 2, **changes: object) -> Step:
    """A step with all that it needs."""
    needed: dict[str, object] = {"note": "because"} if action in NEEDS_A_NOTE else {}
    if action is Action.CLOSE:
        needed["outcome"] = Outcome.FALSE_ALARM
    if action is Action.ASSIGN:
        needed["assignee"] = "third"
    if action is Action.SET_DUE:
        needed["note"] = "because"
    if action in {Action.SNOOZE, Action.SET_DUE}:
        needed["until_ms"] = at_ms + 86_400_000
    if action is Action.RECOVER:
        needed |= {"recovered_fen": 6_500, "recovered_on": "2026-09-22", "by_fund": True}
    return Step(action, actor, at_ms, **(needed | changes))  # type: ignore[arg-type]


def brought_to(state: State) -> list[Step]:
    return [OPENED, *(step(action) for action in TO[state])]


@pytest.mark.parametrize(("state", "action"), list(product(State, Action)))
def test_whatever_is_not_in_the_table_is_refused(state: State, action: Action) -> None:
    if action is Action.UNDO or (state, action) == (State.CLOSED, Action.RECOVER):
        return
    steps = [*brought_to(state), step(action, "second")]
    if (state, action) in NEXT:
        assert standing_after(steps).state is NEXT[state, action]
    else:
        with pytest.raises(CaseError, match="out of turn"):
            standing_after(steps)


@pytest.mark.parametrize("action", [action for action in Action if action is not Action.OPEN])
def test_case_begins_by_being_opened(action: Action) -> None:
    with pytest.raises(CaseError):
        standing_after([step(action)])


def test_confirmed_needs_a_second_person_who_is_not_the_first() -> None:
    proposed = [OPENED, step(Action.PROPOSE, "first")]
    with pytest.raises(CaseError, match="second person"):
        standing_after([*proposed, step(Action.APPROVE, "first")])
    closed = standing_after([*proposed, step(Action.APPROVE, "second")])
    assert (closed.state, closed.outcome) == (State.CLOSED, Outcome.CONFIRMED)
    assert Action.APPROVE not in possible(proposed, "first", NOW_MS + 3)
    assert Action.APPROVE in possible(proposed, "second", NOW_MS + 3)


@pytest.mark.parametrize("taken_on", [Action.TAKE, Action.ASSIGN, Action.ASK, Action.CLOSE, Action.PROPOSE])
def test_what_the_fund_took_on_no_agency_ends(taken_on: Action) -> None:
    steps = [OPENED, step(taken_on, "of the fund", by_fund=True)]
    assert standing_after(steps).of_fund
    left = set(possible(steps, "of the agency", NOW_MS + 3))
    assert left <= AGENCYS_WORD
    assert set(possible(steps, "another of the fund", NOW_MS + 3, by_fund=True)) - {Action.UNDO} > left
    for action in Action:
        if (standing_after(steps).state, action) in NEXT and action not in AGENCYS_WORD:
            with pytest.raises(CaseError, match="the fund has taken this case on"):
                standing_after([*steps, step(action, "of the agency", by_fund=False)])


def test_appeal_by_the_agency_of_what_the_fund_closed_is_the_funds_to_decide() -> None:
    steps = [OPENED, step(Action.CLOSE, "of the fund", by_fund=True), step(Action.APPEAL, "of the agency")]
    assert standing_after(steps).state is State.INVESTIGATING
    with pytest.raises(CaseError, match="the fund"):
        standing_after([*steps, step(Action.CLOSE, "of the agency")])
    assert standing_after([*steps, step(Action.CLOSE, "of the fund", by_fund=True)]).state is State.CLOSED


def test_case_that_the_fund_only_opened_or_spoke_of_is_the_agencys_to_clear() -> None:
    opened = Step(Action.OPEN, "of the fund", NOW_MS, by_fund=True)
    steps = [opened, step(Action.COMMENT, "of the fund", by_fund=True), step(Action.CLOSE, "of the agency")]
    assert standing_after(steps).state is State.CLOSED


def test_undoing_gives_a_case_back_to_the_agency() -> None:
    steps = [OPENED, step(Action.TAKE, "of the fund", by_fund=True), step(Action.UNDO, "of the fund", by_fund=True)]
    assert not standing_after(steps).of_fund


def test_nobody_closes_as_confirmed_alone() -> None:
    with pytest.raises(CaseError, match="second person"):
        standing_after([OPENED, step(Action.CLOSE, outcome=Outcome.CONFIRMED)])


def test_second_proposal_counts_its_own_proposer() -> None:
    steps = [OPENED, step(Action.PROPOSE, "first"), step(Action.RETURN, "second"), step(Action.PROPOSE, "second")]
    with pytest.raises(CaseError, match="second person"):
        standing_after([*steps, step(Action.APPROVE, "second")])
    assert standing_after([*steps, step(Action.APPROVE, "first")]).outcome is Outcome.CONFIRMED


@pytest.mark.parametrize("action", sorted(NEEDS_A_NOTE))
@pytest.mark.parametrize("note", [None, "", "  "])
def test_step_against_somebody_says_why(action: Action, note: str | None) -> None:
    state = next(state for state in State if (state, action) in NEXT)
    with pytest.raises(CaseError, match="note"):
        standing_after([*brought_to(state), step(action, "second", note=note)])


@pytest.mark.parametrize("action", sorted(UNDOABLE))
def test_own_last_step_is_undone_and_both_stay_in_its_history(action: Action) -> None:
    state = next(state for state in State if (state, action) in NEXT)
    before, undo = brought_to(state), step(Action.UNDO, at_ms=NOW_MS + 3)
    undone = standing_after([*before, step(action), undo])
    expected = standing_after(before)
    for told in ("state", "assignee", "outcome", "wakes_at_ms", "due_at_ms", "of_fund"):
        assert getattr(undone, told) == getattr(expected, told)
    assert undone.version == len(before) + 2


REFUSED_UNDOING = {
    "somebody else's": ([step(Action.CLOSE, "first")], step(Action.UNDO, "second")),
    "too late": ([step(Action.CLOSE)], step(Action.UNDO, at_ms=NOW_MS + 3 + UNDO_MS)),
    "an approval": ([step(Action.PROPOSE), step(Action.APPROVE, "second")], step(Action.UNDO, "second")),
    "an opening": ([], step(Action.UNDO)),
    "twice": ([step(Action.CLOSE), step(Action.UNDO)], step(Action.UNDO)),
}


@pytest.mark.parametrize(("steps", "undo"), REFUSED_UNDOING.values(), ids=REFUSED_UNDOING)
def test_other_steps_are_not_undone(steps: list[Step], undo: Step) -> None:
    with pytest.raises(CaseError):
        standing_after([OPENED, *steps, undo])


BROKEN = {
    "irregular without a reason": step(Action.CLOSE, outcome=Outcome.IRREGULAR),
    "an outcome of an undoing": step(Action.UNDO, outcome=Outcome.CONFIRMED),
    "a date of a closing": step(Action.CLOSE, until_ms=NOW_MS + 86_400_000),
    "snoozing for years": step(Action.SNOOZE, until_ms=NOW_MS + 400 * 86_400_000),
    "closing without an outcome": step(Action.CLOSE, outcome=None),
    "an outcome without closing": step(Action.TAKE, outcome=Outcome.IRREGULAR),
    "snoozing without a date": step(Action.SNOOZE, until_ms=None),
    "handing it to nobody": step(Action.ASSIGN, assignee=None),
    "handing it to oneself": step(Action.ASSIGN, assignee="first"),
    "handing it over by a comment": step(Action.COMMENT, assignee="third"),
    "a deadline that is none": step(Action.SET_DUE, until_ms=None),
    "a deadline that is over": step(Action.SET_DUE, until_ms=NOW_MS + 2),
    "a deadline without end": step(Action.SET_DUE, until_ms=NOW_MS + 3 + MOST_DUE_MS),
    "the same deadline": step(Action.SET_DUE, at_ms=NOW_MS, until_ms=OPENED.until_ms),
    "a later deadline without a reason": step(Action.SET_DUE, note=" "),
    "snoozing into the past": step(Action.SNOOZE, until_ms=NOW_MS),
}


@pytest.mark.parametrize("broken", BROKEN.values(), ids=BROKEN)
def test_step_that_lacks_what_it_needs_is_refused(broken: Step) -> None:
    with pytest.raises(CaseError):
        standing_after([OPENED, broken])


CONFIRMED = [OPENED, step(Action.PROPOSE), step(Action.APPROVE, "second")]


@pytest.mark.parametrize("again", [Action.REOPEN, Action.APPEAL])
def test_what_two_confirmed_one_does_not_take_back(again: Action) -> None:
    reopened = [*CONFIRMED, step(again, "second")]
    assert standing_after(reopened).outcomes_alone == ()
    with pytest.raises(CaseError, match="second person"):
        standing_after([*reopened, step(Action.CLOSE, "second")])
    proposed = step(Action.PROPOSE, "second", outcome=Outcome.FALSE_ALARM)
    closed = standing_after([*reopened, proposed, step(Action.APPROVE, "first")])
    assert (closed.outcome, closed.state) == (Outcome.FALSE_ALARM, State.CLOSED)


def test_only_the_last_of_ones_steps_is_undone_and_the_page_offers_just_that() -> None:
    steps = [OPENED, step(Action.TAKE), step(Action.CLOSE), step(Action.UNDO)]
    assert Action.UNDO in possible(steps, "first", NOW_MS + 3)
    assert standing_after([*steps, step(Action.UNDO)]).state is State.PENDING
    assert Action.UNDO not in possible(steps, "second", NOW_MS + 3)
    assert Action.UNDO not in possible(steps, "first", NOW_MS + 3 + UNDO_MS)


def recovered(fen: int | None, **changes: object) -> Step:
    """Money that the fund enters, with a reason."""
    return step(Action.RECOVER, "of the fund", NOW_MS + 2, note="because", recovered_fen=fen, **changes)


def test_parts_that_came_back_add_up_and_a_negative_one_corrects() -> None:
    steps = [*CONFIRMED, recovered(6_500), recovered(3_500), recovered(-1_000)]
    assert standing_after(steps).recovered_fen == 9_000
    assert (standing_after(steps).state, standing_after(steps).outcome) == (State.CLOSED, Outcome.CONFIRMED)


REFUSED_MONEY = {
    "by an agency": [*CONFIRMED, recovered(1, by_fund=False)],
    "of what nobody confirmed": [OPENED, step(Action.CLOSE), recovered(1)],
    "of an open case": [OPENED, recovered(1)],
    "of nothing": [*CONFIRMED, recovered(0)],
    "without an amount": [*CONFIRMED, recovered(None)],
    "without a day": [*CONFIRMED, recovered(1, recovered_on=None)],
    "more taken back than was entered": [*CONFIRMED, recovered(5), recovered(-6)],
    "taken back in silence": [*CONFIRMED, recovered(5), step(Action.RECOVER, recovered_fen=-5)],
    "beside a comment": [*CONFIRMED, step(Action.COMMENT, recovered_fen=5)],
    "undone": [*CONFIRMED, recovered(5), step(Action.UNDO, "of the fund")],
}


@pytest.mark.parametrize("steps", REFUSED_MONEY.values(), ids=REFUSED_MONEY)
def test_money_that_is_not_to_be_entered_so_is_refused(steps: list[Step]) -> None:
    standing_after(steps[:-1])
    with pytest.raises(CaseError):
        standing_after(steps)


def test_of_a_case_that_is_no_longer_confirmed_money_is_only_taken_back() -> None:
    proposed = step(Action.PROPOSE, "first", outcome=Outcome.FALSE_ALARM)
    appealed = [*CONFIRMED, recovered(5), step(Action.APPEAL), proposed, step(Action.APPROVE, "second")]
    with pytest.raises(CaseError, match="not confirmed any more"):
        standing_after([*appealed, recovered(5)])
    given_back = [*appealed, recovered(-5)]
    assert standing_after(given_back).recovered_fen == 0
    assert Action.RECOVER in possible(appealed, "of the fund", NOW_MS + 3, by_fund=True)
    assert Action.RECOVER not in possible(given_back, "of the fund", NOW_MS + 3, by_fund=True)
    assert Action.RECOVER not in possible(appealed, "of the agency", NOW_MS + 3)


@given(st.lists(st.integers(-1_000, 1_000)))
def test_what_came_back_is_the_sum_of_what_was_entered_and_never_less_than_nothing(amounts: list[int]) -> None:
    taken = list(CONFIRMED)
    for amount in amounts:
        try:
            standing_after([*taken, recovered(amount)])
        except CaseError:
            continue
        taken.append(recovered(amount))
    assert standing_after(taken).recovered_fen == sum(one.recovered_fen or 0 for one in taken) >= 0


def test_case_that_is_opened_again_is_due_anew() -> None:
    reopened = standing_after([*CONFIRMED, step(Action.REOPEN, at_ms=NOW_MS + 90 * 86_400_000)])
    assert reopened.due_at_ms is not None
    assert reopened.due_at_ms > NOW_MS + 90 * 86_400_000


@pytest.mark.parametrize("action", [Action.TAKE, Action.ASK])
def test_snoozed_case_that_somebody_works_on_is_awake(action: Action) -> None:
    assert standing_after([OPENED, step(Action.SNOOZE), step(action)]).wakes_at_ms is None


def test_reopened_case_has_no_outcome_and_no_proposer() -> None:
    steps = [OPENED, step(Action.PROPOSE), step(Action.APPROVE, "second"), step(Action.APPEAL, "third")]
    reopened = standing_after(steps)
    assert (reopened.outcome, reopened.proposed_by, reopened.appealed) == (None, None, True)


def test_case_is_closed_since_it_was_decided_and_not_since_something_was_said_of_it() -> None:
    said = [*CONFIRMED, step(Action.COMMENT, at_ms=NOW_MS + 90)]
    assert standing_after(said).closed_at_ms == CONFIRMED[-1].at_ms
    assert standing_after([*said, step(Action.REOPEN, at_ms=NOW_MS + 91)]).closed_at_ms is None
    undone = [OPENED, step(Action.CLOSE), step(Action.UNDO)]
    assert standing_after(undone[:2]).closed_at_ms == undone[1].at_ms
    assert standing_after(undone).closed_at_ms is None


@pytest.mark.parametrize("state", [State.PENDING, State.INVESTIGATING, State.AWAITING_INFORMATION])
def test_case_that_is_handed_over_is_theirs_and_otherwise_as_it_was(state: State) -> None:
    before = brought_to(state)
    handed = standing_after([*before, step(Action.ASSIGN, "second", assignee="third")])
    assert (handed.assignee, handed.state) == ("third", state)
    with pytest.raises(CaseError, match="has this case already"):
        standing_after([*before, step(Action.ASSIGN, "second"), step(Action.ASSIGN, "first")])


def test_earlier_deadline_needs_no_reason_and_a_snoozed_case_that_is_handed_over_is_awake() -> None:
    opened = Step(Action.OPEN, "first", NOW_MS, until_ms=NOW_MS + 7 * DAY_MS)
    steps = [opened, step(Action.SNOOZE), step(Action.SET_DUE, note=None, until_ms=NOW_MS + DAY_MS)]
    assert standing_after(steps).due_at_ms == NOW_MS + DAY_MS
    assert standing_after(steps).wakes_at_ms is not None
    assert standing_after([*steps, step(Action.ASSIGN)]).wakes_at_ms is None


def test_first_deadline_of_a_case_that_had_none_needs_no_reason() -> None:
    opened = Step(Action.OPEN, "first", NOW_MS)
    assert standing_after([opened, step(Action.SET_DUE, note=None)]).due_at_ms == NOW_MS + 2 + DAY_MS


@given(st.lists(st.integers(-2 * DAY_MS, 2 * MOST_DUE_MS)))
def test_no_row_of_deadlines_leads_beyond_the_bound_or_later_in_silence(waits_ms: list[int]) -> None:
    taken = [Step(Action.OPEN, "first", NOW_MS, until_ms=NOW_MS + DAY_MS)]
    for wait_ms in waits_ms:
        before = standing_after(taken).due_at_ms or 0
        silent = step(Action.SET_DUE, note=None, until_ms=NOW_MS + 2 + wait_ms)
        try:
            due = standing_after([*taken, silent]).due_at_ms or 0
        except CaseError:
            continue
        taken.append(silent)
        assert NOW_MS + 2 < due < before


@given(st.lists(st.sampled_from([step(action, actor) for action in Action for actor in ("first", "second")])))
def test_no_order_of_steps_lets_anybody_approve_their_own_proposal(steps: list[Step]) -> None:
    taken: list[Step] = [OPENED]
    for one in steps:
        try:
            standing: Standing = standing_after([*taken, one])
        except CaseError:
            continue
        taken.append(one)
        if one.action is Action.APPROVE:
            # Two names somewhere are not enough: it is who proposed this last that may not approve it.
            proposer = [other.actor for other in taken if other.action is Action.PROPOSE][-1]
            assert one.actor != proposer or standing.outcome is None

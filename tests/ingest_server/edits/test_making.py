"""What an edit may say: bounded by what was captured, its codes in pairs, and no way round either."""

from itertools import product

import pytest
from msgspec.structs import replace

from ingest_server.cases.step import Action, Outcome, Step
from ingest_server.edits.bounds import LATE_MS, MOST_MOVED_MS, SLACK_MS, Limits
from ingest_server.edits.codes import (
    FIELD_WORDS,
    FIELDS,
    NEEDS_A_MEMO,
    OTHERS_WORD,
    PAIRED,
    ActionTaken,
    Field,
    Place,
    Reason,
)
from ingest_server.edits.edit import Mark, Value, Values, values_after
from ingest_server.edits.making import MOST_AGE_MS, MOST_EDITS, Editing, Wanted, edit_made
from ingest_server.edits.visit import EditedRecord, captured_of, record_to_edit
from ingest_server.errors import EditError
from ingest_server.local_days import HOUR_MS
from ingest_server.scoring.verdict import Band
from tests.ingest_server.web.visits import rich_visit
from tests.visit_record.examples import CHECK_IN_MS, minutes
from visit_record.record import Clock, FaceEvidence, NotObserved, VoiceCheck, VoiceEvidence
from visit_record.vocabulary import CheckMoment, ClockSource, IdentityMethod, NotObservedReason

RECEIVED_MS = minutes(61)
NOW_MS = minutes(600)
LIMITS = Limits(8 * HOUR_MS, frozenset({"feeding", "bed_making", "hand_and_foot_care", "bathing", "oral_care"}))
CAPTURED = captured_of(rich_visit())
RECORD = EditedRecord(CAPTURED, ("oral_care",), RECEIVED_MS, clock_doubtful=False, compared=True, doubted=False)
EDITING = Editing(RECORD, (), (), "supervisor-a", NOW_MS, LIMITS)
WORD = ActionTaken.SIGNED_TIMESHEET


def wanted(
    reason: Reason = Reason.FORGOT_CHECK_OUT,
    action: ActionTaken = WORD,
    memo: str | None = "told by her daughter",
    **values: Value,
) -> Wanted:
    return Wanted(reason, action, memo, {Field(name): value for name, value in values.items()})


def withdrawing(number: int) -> Wanted:
    return Wanted(Reason.ENTERED_IN_ERROR, ActionTaken.EDIT_WITHDRAWN, "slip of the finger", {}, number)


def after(editing: Editing, *asked: Wanted) -> Editing:
    """The same visit once the edits are made."""
    for one in asked:
        editing = replace(editing, edits=(*editing.edits, edit_made(editing, one)))
    return editing


def standing(editing: Editing) -> Values:
    return values_after(editing.record.captured, editing.edits)


def test_forgotten_check_out_is_put_right_and_the_captured_stays() -> None:
    edited = after(EDITING, wanted(end=minutes(75)))
    assert standing(edited) == replace(CAPTURED, end_ms=minutes(75))
    assert edited.record.captured == captured_of(rich_visit())
    edit = edited.edits[0]
    assert [(one.field, one.before, one.after) for one in edit.changes] == [(Field.END, minutes(60), minutes(75))]
    assert edit.marks == (Mark.LENGTHENS,)


@pytest.mark.parametrize(("reason", "action"), list(product(Reason, ActionTaken)))
def test_codes_go_in_the_pairs_of_the_table_alone(reason: Reason, action: ActionTaken) -> None:
    if action not in PAIRED[reason]:
        with pytest.raises(EditError, match="does not go with"):
            edit_made(EDITING, wanted(reason, action, end=minutes(50)))


def test_every_code_can_be_used() -> None:
    assert set(PAIRED) == set(FIELDS) == set(Reason)
    assert set().union(*PAIRED.values()) == set(ActionTaken)
    assert set().union(*FIELDS.values()) == set(Field)
    assert all(PAIRED.values())


VALUES: dict[Field, Value] = {
    Field.START: minutes(5),
    Field.END: minutes(55),
    Field.ITEMS: ("feeding",),
    Field.RECIPIENT: "recipient-2",
    Field.CAREGIVER: "caregiver-2",
    Field.PLACE: Place.OUTDOORS,
}


@pytest.mark.parametrize(("reason", "field"), list(product(Reason, Field)))
def test_reason_explains_its_own_fields_alone(reason: Reason, field: Field) -> None:
    if reason in {Reason.ENTERED_IN_ERROR, Reason.DEVICE_CLOCK}:
        return
    editing = replace(EDITING, record=replace(RECORD, compared=False))
    asked = Wanted(reason, min(PAIRED[reason] & OTHERS_WORD), "told by her daughter", {field: VALUES[field]})
    if field in FIELDS[reason]:
        assert edit_made(editing, asked).changes[0].field is field
    else:
        with pytest.raises(EditError, match=f"does not explain a change of {FIELD_WORDS[field].en};") as refused:
            edit_made(editing, asked)
        assert f"对{FIELD_WORDS[field].zh}的改动" in refused.value.said[0]


def test_visit_of_a_second_may_stand() -> None:
    edited = after(EDITING, wanted(Reason.CHECKED_EARLY_OR_LATE, start=minutes(60) - SLACK_MS))
    assert standing(edited).length_ms == SLACK_MS


TOO_FAR = {
    "ends before it starts": (wanted(end=CHECK_IN_MS), "after the start"),
    "shorter than a second": (
        wanted(Reason.CHECKED_EARLY_OR_LATE, start=minutes(60) - SLACK_MS + 1),
        "a second at least",
    ),
    "ends in the future": (wanted(end=NOW_MS + 1), "future"),
    "moved too far": (wanted(end=minutes(60) + MOST_MOVED_MS + 1), "at most 4 hours"),
    "start moved too far": (wanted(Reason.FORGOT_CHECK_IN, start=CHECK_IN_MS - MOST_MOVED_MS - 1), "at most 4 hours"),
    "nothing": (wanted(end=minutes(60)), "nothing is changed"),
    "nothing at all": (wanted(), "nothing is changed"),
    "no such item": (wanted(Reason.WRONG_ITEM, items=("feeding", "massage")), "catalogue"),
    "longer by the caregiver's word": (
        wanted(action=ActionTaken.CAREGIVER_STATED, end=minutes(75)),
        "needs the recipient's word",
    ),
    "more by the caregiver's word": (
        wanted(Reason.ITEM_NOT_ENTERED, ActionTaken.CAREGIVER_STATED, items=(*CAPTURED.items, "bathing")),
        "needs the recipient's word",
    ),
    "item that the order has not": (
        wanted(Reason.WRONG_ITEM, ActionTaken.ORDER_COMPARED, items=("feeding", "bathing")),
        "needs the recipient's word",
    ),
    "longer without a memo": (wanted(memo=" ", end=minutes(75)), "memo"),
    "longer with a memo of one letter": (wanted(memo="x", end=minutes(75)), "write a sentence"),
    "caregiver who was compared": (wanted(Reason.WRONG_CAREGIVER, caregiver="caregiver-2"), "compared"),
    "clock that was right": (
        wanted(Reason.DEVICE_CLOCK, ActionTaken.CLOCK_SET, start=minutes(-60), end=CHECK_IN_MS),
        "vouches for its clock",
    ),
    "withdrawing and editing at once": (replace(withdrawing(1), values={Field.END: minutes(50)}), "no such edit"),
    "withdrawing nothing": (withdrawing(1), "no such edit"),
    "withdrawing for another reason": (replace(wanted(), withdraws=1), "entered_in_error"),
    "in error and nothing withdrawn": (replace(withdrawing(1), withdraws=None), "entered_in_error"),
}


@pytest.mark.parametrize(("asked", "says"), TOO_FAR.values(), ids=TOO_FAR)
def test_what_goes_too_far_is_refused_with_what_to_do(asked: Wanted, says: str) -> None:
    with pytest.raises(EditError, match=says):
        edit_made(EDITING, asked)


def test_visit_is_never_longer_than_the_tariff_has_it() -> None:
    editing = replace(EDITING, limits=replace(LIMITS, most_visit_ms=2 * HOUR_MS))
    assert edit_made(editing, wanted(end=minutes(120)))
    with pytest.raises(EditError, match="more than 2 hours"):
        edit_made(editing, wanted(end=minutes(120) + 1))


def test_item_of_the_order_may_take_a_wrong_ones_place() -> None:
    asked = wanted(Reason.WRONG_ITEM, ActionTaken.ORDER_COMPARED, None, items=("feeding", "oral_care"))
    with pytest.raises(EditError, match="memo"):
        edit_made(EDITING, asked)
    assert edit_made(EDITING, replace(asked, memo="pressed the line above")).marks == (Mark.ADDS_ITEMS,)


def test_items_in_another_order_are_no_change() -> None:
    with pytest.raises(EditError, match="nothing is changed"):
        edit_made(EDITING, wanted(Reason.WRONG_ITEM, items=tuple(reversed(CAPTURED.items))))


DOUBTFUL = replace(EDITING, record=replace(RECORD, clock_doubtful=True))
CLOCK = wanted(Reason.DEVICE_CLOCK, ActionTaken.CLOCK_SET, start=minutes(-60), end=CHECK_IN_MS)


def test_clock_moves_both_ends_alike_and_not_past_when_the_record_came() -> None:
    assert standing(after(DOUBTFUL, CLOCK)).length_ms == CAPTURED.length_ms
    for start, end, says in (
        (minutes(-60), minutes(30), "start and end alike"),
        (minutes(10), minutes(70), "31 days"),
        (minutes(-60 * 24 * 40), minutes(-60 * 24 * 40 + 60), "31 days"),
    ):
        with pytest.raises(EditError, match=says):
            edit_made(DOUBTFUL, replace(CLOCK, values={Field.START: start, Field.END: end}))


def test_clock_of_years_ago_is_set_and_a_forgotten_check_out_is_then_near() -> None:
    long_ago = replace(CAPTURED, start_ms=1_000_000, end_ms=1_000_000 + CAPTURED.length_ms)
    editing = replace(DOUBTFUL, record=replace(DOUBTFUL.record, captured=long_ago))
    clock = replace(CLOCK, values={Field.START: minutes(0), Field.END: minutes(60)})
    longer = wanted(end=minutes(90))
    with pytest.raises(EditError, match="more than 8 hours"):
        edit_made(editing, longer)
    edited = after(editing, clock, longer)
    assert (standing(edited).start_ms, standing(edited).end_ms) == (minutes(0), minutes(90))
    with pytest.raises(EditError, match=r"withdraw no\. 2 first"):
        edit_made(edited, withdrawing(1))
    assert standing(after(edited, withdrawing(2), withdrawing(1))) == long_ago


def test_clock_is_not_put_back_under_an_edit_made_upon_it() -> None:
    shift_ms = -7 * HOUR_MS
    moved = {Field.START: CAPTURED.start_ms + shift_ms, Field.END: CAPTURED.end_ms + shift_ms}
    cut = wanted(action=ActionTaken.CAREGIVER_INSTRUCTED, memo=None, end=CAPTURED.end_ms + shift_ms - 60_000)
    edited = after(DOUBTFUL, replace(CLOCK, values=moved), cut)
    with pytest.raises(EditError, match=r"withdraw no\. 2 first"):
        edit_made(edited, withdrawing(1))
    assert standing(after(edited, withdrawing(2), withdrawing(1))) == CAPTURED
    signed = wanted(end=CAPTURED.end_ms + shift_ms + HOUR_MS)
    with pytest.raises(EditError, match=r"withdraw no\. 2 first"):
        edit_made(after(DOUBTFUL, replace(CLOCK, values=moved), signed, cut), withdrawing(1))


STATED = ActionTaken.CAREGIVER_STATED
RESTING = {
    "longer, once the signed sheet is gone": (wanted(end=minutes(75)), wanted(action=STATED, end=minutes(70))),
    "longer, once both ends are not later any more": (
        wanted(Reason.CHECKED_EARLY_OR_LATE, STATED, start=minutes(60), end=minutes(120)),
        wanted(Reason.CHECKED_EARLY_OR_LATE, STATED, end=minutes(119)),
    ),
    "signed, and marked as lengthening nothing": (wanted(end=minutes(75)), wanted(memo=None, end=minutes(70))),
    "an item more, once its sheet is gone": (
        wanted(Reason.ITEM_NOT_ENTERED, items=(*CAPTURED.items, "bathing")),
        wanted(Reason.WRONG_ITEM, STATED, items=("feeding", "bathing")),
    ),
    "an item more that the order has not": (
        wanted(Reason.ITEM_NOT_ENTERED, items=(*CAPTURED.items, "bathing")),
        wanted(Reason.WRONG_ITEM, ActionTaken.ORDER_COMPARED, items=("feeding", "bathing", "oral_care")),
    ),
}  # fmt: skip


@pytest.mark.parametrize(("first", "second"), RESTING.values(), ids=RESTING)
def test_edit_is_not_withdrawn_under_one_that_rests_on_it(first: Wanted, second: Wanted) -> None:
    edited = after(EDITING, first, second)
    with pytest.raises(EditError, match=r"no\. 2 rests on this one"):
        edit_made(edited, withdrawing(1))
    assert standing(after(edited, withdrawing(2), withdrawing(1))) == CAPTURED


def test_edit_that_holds_by_itself_stays_when_an_earlier_one_is_withdrawn() -> None:
    edited = after(EDITING, wanted(end=minutes(75)), wanted(Reason.FORGOT_CHECK_IN, memo=None, start=minutes(5)))
    assert standing(after(edited, withdrawing(1))) == replace(CAPTURED, start_ms=minutes(5))
    again = after(EDITING, wanted(end=minutes(75)), wanted(memo=None, end=minutes(50)))
    assert standing(after(again, withdrawing(1))) == replace(CAPTURED, end_ms=minutes(50))


def test_clock_set_twice_is_reckoned_from_what_still_counts() -> None:
    twice = after(DOUBTFUL, CLOCK, replace(CLOCK, values={Field.START: minutes(-360), Field.END: minutes(-300)}))
    left = after(twice, withdrawing(1))
    assert standing(left) == replace(CAPTURED, start_ms=minutes(-360), end_ms=minutes(-300))
    moved = wanted(Reason.CHECKED_EARLY_OR_LATE, STATED, start=minutes(-600), end=minutes(-540))
    assert standing(after(left, moved)).start_ms == minutes(-600)
    with pytest.raises(EditError, match="at most 4 hours"):
        edit_made(left, replace(moved, values={Field.START: minutes(-601), Field.END: minutes(-541)}))


def test_clock_goes_no_farther_by_returning_to_the_captured_times_between() -> None:
    moved = replace(CLOCK, values={Field.START: minutes(-360), Field.END: minutes(-300)})
    back = wanted(Reason.CHECKED_EARLY_OR_LATE, start=CAPTURED.start_ms, end=CAPTURED.end_ms)
    with pytest.raises(EditError, match="at most 4 hours"):
        edit_made(after(DOUBTFUL, moved), back)
    by_clock = replace(CLOCK, values=dict(back.values))
    assert standing(after(DOUBTFUL, moved, by_clock, wanted(end=minutes(50)))).end_ms == minutes(50)


def test_many_small_edits_go_no_farther_than_one() -> None:
    edited = after(EDITING, wanted(end=minutes(60) + MOST_MOVED_MS))
    with pytest.raises(EditError, match="at most 4 hours"):
        edit_made(edited, wanted(end=minutes(61) + MOST_MOVED_MS))


def test_less_than_a_second_at_a_time_no_visit_grows_without_a_word() -> None:
    grown = wanted(action=ActionTaken.CAREGIVER_STATED, end=minutes(60) + SLACK_MS)
    edited = after(EDITING, grown)
    with pytest.raises(EditError, match="needs the recipient's word"):
        edit_made(edited, replace(grown, values={Field.END: minutes(60) + SLACK_MS + 900}))


def test_withdrawn_edit_stays_in_the_list_and_changes_nothing_any_more() -> None:
    edited = after(EDITING, wanted(end=minutes(75)), wanted(Reason.WRONG_ITEM, items=("feeding",)), withdrawing(1))
    assert standing(edited) == replace(CAPTURED, items=("feeding",))
    assert [edit.withdraws for edit in edited.edits] == [None, None, 1]
    with pytest.raises(EditError, match="no such edit"):
        edit_made(edited, withdrawing(1))
    with pytest.raises(EditError, match="no such edit"):
        edit_made(edited, withdrawing(3))


def case(*steps: tuple[Action, str], outcome: Outcome | None = None) -> tuple[Step, ...]:
    opening = Step(Action.OPEN, "auditor", NOW_MS)
    return (opening, *(Step(action, actor, NOW_MS, "because", outcome) for action, actor in steps))


CASES = {
    "open": (case(), None),
    "proposed": (case((Action.PROPOSE, "other")), "second person"),
    "confirmed": (case((Action.PROPOSE, "other"), (Action.APPROVE, "third")), "closed"),
    "closed": (case((Action.CLOSE, "other"), outcome=Outcome.FALSE_ALARM), "closed"),
    "reopened": (case((Action.PROPOSE, "other"), (Action.APPROVE, "third"), (Action.REOPEN, "other")), None),
    "reopened by who approved": (
        case((Action.PROPOSE, "other"), (Action.APPROVE, "supervisor-a"), (Action.REOPEN, "other")),
        "ask a colleague",
    ),
    "returned to who proposed": (case((Action.PROPOSE, "supervisor-a"), (Action.RETURN, "other")), "ask a colleague"),
    "proposal undone": (case((Action.PROPOSE, "supervisor-a"), (Action.UNDO, "supervisor-a")), None),
}


@pytest.mark.parametrize(("steps", "says"), CASES.values(), ids=CASES)
def test_case_that_was_decided_keeps_its_visit_as_it_was(steps: tuple[Step, ...], says: str | None) -> None:
    editing = replace(EDITING, case=steps)
    if says is None:
        assert edit_made(editing, wanted(end=minutes(50)))
    else:
        with pytest.raises(EditError, match=says):
            edit_made(editing, wanted(end=minutes(50)))


def test_edits_have_their_time_and_their_number() -> None:
    asked = wanted(end=minutes(50))
    assert edit_made(replace(EDITING, now_ms=RECEIVED_MS + LATE_MS), asked).marks == ()
    assert edit_made(replace(EDITING, now_ms=RECEIVED_MS + LATE_MS + 1), asked).marks == (Mark.LATE,)
    with pytest.raises(EditError, match="60 days"):
        edit_made(replace(EDITING, now_ms=RECEIVED_MS + MOST_AGE_MS + 1), asked)
    with pytest.raises(EditError, match="at most"):
        edit_made(replace(EDITING, edits=[*after(EDITING, asked).edits] * MOST_EDITS), asked)


def test_visit_in_doubt_is_marked() -> None:
    editing = replace(EDITING, record=replace(RECORD, doubted=True))
    assert edit_made(editing, wanted(end=minutes(50))).marks == (Mark.DOUBTED,)


def test_other_person_is_marked_and_needs_a_memo() -> None:
    asked = wanted(Reason.WRONG_RECIPIENT, recipient="recipient-2")
    assert edit_made(EDITING, asked).marks == (Mark.CHANGES_PERSON,)
    with pytest.raises(EditError, match="memo"):
        edit_made(EDITING, replace(asked, memo=None))
    assert Reason.WRONG_RECIPIENT in NEEDS_A_MEMO


@pytest.mark.parametrize(
    ("clock", "doubtful"),
    [
        (Clock(ClockSource.NTP, 12.0), False),
        (Clock(ClockSource.GNSS, None), False),
        (Clock(ClockSource.NTP, -90_000.0), True),
        (Clock(ClockSource.RTC, None), True),
        (Clock(ClockSource.UNSYNCHRONISED, None), True),
    ],
)
def test_record_says_itself_whether_its_clock_may_be_wrong(clock: Clock, doubtful: bool) -> None:
    found = record_to_edit(replace(rich_visit(), clock=clock), RECEIVED_MS, Band.CREDIBLE)
    assert found.clock_doubtful == doubtful


HEARD_AT_CHECK_IN = VoiceEvidence((VoiceCheck(minutes(2), 0.05, 4.0),), 1)
HEARD_LATER = VoiceEvidence((VoiceCheck(minutes(3), 0.83, 6.4), VoiceCheck(minutes(22), 0.55, 4.0)), 2)
UNSEEN = NotObserved(NotObservedReason.SENSOR_FAULT)
FACES = rich_visit().face
assert isinstance(FACES, FaceEvidence)
UNLIKE = FaceEvidence(tuple(replace(one, similarity=0.05) for one in FACES.checks))
NO_FACE = FaceEvidence(tuple(replace(one, similarity=None) for one in FACES.checks))
LATER_ALONE = FaceEvidence(tuple(one for one in FACES.checks if one.moment is not CheckMoment.CHECK_IN))


def judged(method: IdentityMethod, **seen: FaceEvidence | VoiceEvidence | NotObserved) -> EditedRecord:
    """A visit that was opened so, with nobody seen or heard but those named."""
    record = rich_visit()
    who = replace(record.who, checked_in_by=method)
    return record_to_edit(replace(record, who=who, **{"face": UNSEEN, "voice": UNSEEN} | seen), RECEIVED_MS, Band.HOLD)


@pytest.mark.parametrize("method", IdentityMethod)
@pytest.mark.parametrize(
    "seen",
    [{"face": FACES}, {"face": UNLIKE}, {"voice": HEARD_AT_CHECK_IN}],
    ids=["a face", "another's face", "another's voice"],
)
def test_who_was_compared_at_check_in_is_not_edited_away_by_another_way_in(
    method: IdentityMethod, seen: dict[str, FaceEvidence | VoiceEvidence]
) -> None:
    found = judged(method, **seen)
    assert found.compared
    assert found.doubted
    asked = wanted(Reason.WRONG_CAREGIVER, caregiver="caregiver-2")
    with pytest.raises(EditError, match="open a case"):
        edit_made(replace(EDITING, record=found), asked)


@pytest.mark.parametrize("method", IdentityMethod)
@pytest.mark.parametrize(
    "seen",
    [{}, {"face": NO_FACE}, {"face": LATER_ALONE}, {"voice": VoiceEvidence((), 0)}, {"voice": HEARD_LATER}],
    ids=["no sensor", "no face to compare", "a face later alone", "nobody spoke", "a voice later alone"],
)
def test_whoever_was_let_in_uncompared_may_be_put_right(
    method: IdentityMethod, seen: dict[str, FaceEvidence | VoiceEvidence]
) -> None:
    found = judged(method, **seen)
    assert not found.compared
    asked = wanted(Reason.WRONG_CAREGIVER, caregiver="caregiver-2")
    assert edit_made(replace(EDITING, record=found), asked).marks == (Mark.CHANGES_PERSON, Mark.DOUBTED)

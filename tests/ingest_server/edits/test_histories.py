"""Whatever is asked for, one edit after another, what stands of a visit keeps the promises of `docs/evv.md`."""

from collections.abc import Sequence

from hypothesis import assume, given, settings
from hypothesis import strategies as st
from msgspec import Struct
from msgspec.structs import replace

from ingest_server.edits.bounds import MOST_MOVED_MS, SLACK_MS
from ingest_server.edits.codes import FIELDS, OTHERS_WORD, PAIRED, ActionTaken, Field, Place, Reason
from ingest_server.edits.edit import Edit, Mark, Value, Values, value_of, values_after
from ingest_server.edits.making import MOST_EDITS, Editing, Wanted, edit_made
from ingest_server.errors import EditError
from ingest_server.local_days import HOUR_MS
from ingest_server.readable import is_sentence
from tests.ingest_server.edits.test_making import CAPTURED, EDITING, LIMITS, RECORD, after, standing, withdrawing

RECEIVED_MS = EDITING.now_ms
NOW_MS = RECEIVED_MS + 24 * HOUR_MS
# Every reason, and oftener those by which a visit could be made to fit.
REASONS = st.sampled_from(sorted(set(Reason) - {Reason.ENTERED_IN_ERROR})) | st.sampled_from([
    Reason.DEVICE_CLOCK, Reason.CHECKED_EARLY_OR_LATE, Reason.FORGOT_CHECK_OUT, Reason.WRONG_ITEM,
])  # fmt: skip
TIMES = frozenset({Field.START, Field.END})
ITEMS = st.lists(st.sampled_from(sorted(LIMITS.items)), max_size=6).map(tuple)
PERSONS = {Field.RECIPIENT: "recipient-{}", Field.CAREGIVER: "caregiver-{}"}


class Asked(Struct, frozen=True):
    """An edit that somebody asks for, its times told from what stands when they do."""

    reason: Reason
    action: ActionTaken
    memo: str | None
    moved_ms: dict[Field, int]
    others: dict[Field, Value]

    def wanted(self, stands: Values) -> Wanted:
        moved = {field: int(str(value_of(stands, field))) + by_ms for field, by_ms in self.moved_ms.items()}
        return Wanted(self.reason, self.action, self.memo, {**moved, **self.others})


class Withdrawn(Struct, frozen=True):
    """The edit of a number taken back."""

    number: int

    def wanted(self, _: Values) -> Wanted:
        return withdrawing(self.number)


def moves(reason: Reason, fields: frozenset[Field]) -> st.SearchStrategy[dict[Field, int]]:
    """Up to some more than is allowed of a mistake; hours of a clock, which moves both ends by one shift."""
    if reason is Reason.DEVICE_CLOCK:
        return st.integers(-9, 9).map(lambda hours: dict.fromkeys((Field.START, Field.END), hours * HOUR_MS))
    by_ms = st.integers(-15, 15).map(lambda count: count * 20 * 60_000)
    return st.fixed_dictionaries(dict.fromkeys(sorted(fields & TIMES), by_ms))


@st.composite
def asked_edits(draw: st.DrawFn) -> Asked:
    """An edit as its codes go together: an action of the reason's, and fields that it explains."""
    reason = draw(REASONS)
    fields = frozenset(draw(st.sets(st.sampled_from(sorted(FIELDS[reason])), min_size=1)))
    others: dict[Field, st.SearchStrategy[Value]] = {
        Field.ITEMS: ITEMS,
        Field.PLACE: st.sampled_from(Place),
        **{field: st.integers(1, 2).map(name.format) for field, name in PERSONS.items()},
    }
    return Asked(
        reason,
        draw(st.sampled_from(sorted(PAIRED[reason]))),
        draw(st.sampled_from(["told by her daughter", "本人当面说明", "see sheet twelve", None])),
        draw(moves(reason, fields)),
        draw(st.fixed_dictionaries({field: others[field] for field in sorted(fields - TIMES)})),
    )


ASKED = st.one_of(asked_edits(), st.integers(1, 4).map(Withdrawn))
HISTORIES = st.lists(ASKED, max_size=12)


def lived(editing: Editing, asked: Sequence[Asked | Withdrawn]) -> list[Editing]:
    """The visit after each edit that was not refused."""
    states = [editing]
    for one in asked:
        try:
            states.append(after(states[-1], one.wanted(standing(states[-1]))))
        except EditError:
            continue
    return states[1:]


def editing_of(*, doubtful: bool, compared: bool) -> Editing:
    record = replace(RECORD, received_at_ms=RECEIVED_MS, clock_doubtful=doubtful, compared=compared)
    return replace(EDITING, record=record, now_ms=NOW_MS)


@settings(max_examples=200, deadline=None)
@given(asked=HISTORIES, doubtful=st.booleans(), compared=st.booleans())
def test_whatever_is_asked_for_what_stands_is_within_bounds(
    asked: list[Asked | Withdrawn], doubtful: bool, compared: bool
) -> None:
    for editing in lived(editing_of(doubtful=doubtful, compared=compared), asked):
        stands, left = standing(editing), alive(editing.edits)
        assert stands == values_after(CAPTURED, left), "what was withdrawn leaves no trace in what stands"
        assert stands.start_ms < stands.end_ms <= NOW_MS
        assert stands.length_ms <= LIMITS.most_visit_ms
        assert set(stands.items) <= LIMITS.items
        assert not compared or stands.caregiver == CAPTURED.caregiver
        assert editing.edits[-1].action in PAIRED[editing.edits[-1].reason]
        assert_near(stands, left, doubtful=doubtful)
        assert_on_a_word(stands, left)


def assert_near(stands: Values, left: Sequence[Edit], *, doubtful: bool) -> None:
    """Each end at most 4 hours from what was captured, where the clock's edits that still count put that."""
    clocks = [edit for edit in left if edit.reason is Reason.DEVICE_CLOCK]
    assert doubtful or not clocks
    shift_ms = sum(shifted_ms(left[: left.index(edit)], edit) for edit in clocks)
    for stood_ms, captured_ms in ((stands.start_ms, CAPTURED.start_ms), (stands.end_ms, CAPTURED.end_ms)):
        assert abs(stood_ms - captured_ms - shift_ms) <= MOST_MOVED_MS + len(clocks) * SLACK_MS


def shifted_ms(before: Sequence[Edit], clock: Edit) -> int:
    stood = values_after(CAPTURED, before)
    return values_after(stood, [clock]).start_ms - stood.start_ms


def assert_on_a_word(stands: Values, left: Sequence[Edit]) -> None:
    """What is longer or more than was captured rests on a word that still counts, is marked, and has its sentence."""
    longer = stands.length_ms > CAPTURED.length_ms + SLACK_MS
    assert not longer or any(says(edit, Mark.LENGTHENS) and edit.action in OTHERS_WORD for edit in left)
    for item in set(stands.items) - set(CAPTURED.items):
        words = OTHERS_WORD | ({ActionTaken.ORDER_COMPARED} if item in RECORD.planned_items else frozenset())
        assert any(says(edit, Mark.ADDS_ITEMS) and edit.action in words for edit in left)


def says(edit: Edit, mark: Mark) -> bool:
    return mark in edit.marks and is_sentence(edit.memo or "")


def alive(edits: Sequence[Edit]) -> list[Edit]:
    gone = {edit.withdraws for edit in edits}
    return [edit for edit in edits if edit.withdraws is None and edit.number not in gone]


@settings(deadline=None)
@given(asked=HISTORIES, doubtful=st.booleans())
def test_everything_withdrawn_is_the_visit_as_it_was_captured(asked: list[Asked | Withdrawn], doubtful: bool) -> None:
    captured = editing_of(doubtful=doubtful, compared=False)
    editing = [captured, *lived(captured, asked)][-1]
    assume(len(editing.edits) < MOST_EDITS // 2)
    for edit in reversed(alive(editing.edits)):
        editing = after(editing, withdrawing(edit.number))
    assert standing(editing) == CAPTURED


def test_what_is_drawn_reaches_what_it_is_to_test() -> None:
    reached: set[str] = set()

    @settings(max_examples=80, derandomize=True, database=None, deadline=None)
    @given(asked=HISTORIES)
    def draw(asked: list[Asked | Withdrawn]) -> None:
        for editing in lived(editing_of(doubtful=True, compared=False), asked):
            reached.update(told_of(editing))

    draw()
    assert reached >= {
        "longer",
        "longer with a clock set",
        "more items",
        "withdrawn under another",
        "refused for another",
    }


def told_of(editing: Editing) -> set[str]:
    stands, left = standing(editing), alive(editing.edits)
    longer, clock = (
        stands.length_ms > CAPTURED.length_ms + SLACK_MS,
        Reason.DEVICE_CLOCK in {edit.reason for edit in left},
    )
    found = {
        "longer": longer,
        "longer with a clock set": longer and clock,
        "more items": not set(stands.items) <= set(CAPTURED.items),
        "withdrawn under another": any(edit.number > (editing.edits[-1].withdraws or NOW_MS) for edit in left),
        "refused for another": any(is_rested_on(editing, edit) for edit in left),
    }
    return {name for name, holds in found.items() if holds}


def is_rested_on(editing: Editing, edit: Edit) -> bool:
    try:
        edit_made(editing, withdrawing(edit.number))
    except EditError as refused:
        return "rests on this one" in str(refused)
    return False

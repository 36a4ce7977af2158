"""How far a visit may be edited from what was captured. Pure; each check says what to do instead."""

from collections.abc import Callable, Sequence
from typing import Final

from msgspec import Struct

from ingest_server.edits.codes import OTHERS_WORD, ActionTaken, Field, Reason
from ingest_server.edits.edit import Edit, Mark, Values, lasting, value_of, values_after
from ingest_server.edits.visit import EditedRecord
from ingest_server.errors import EditError
from ingest_server.local_days import DAY_MS, HOUR_MS

# A forgotten check-out lies within an afternoon; what is farther off is for a case, where people look at it.
MOST_MOVED_MS: Final = 4 * HOUR_MS
# A clock that is wrong may be so by years; when the record came, our own clock saw.
MOST_ON_ITS_WAY_MS: Final = 31 * DAY_MS
# A week is long enough to notice a forgotten check-out; later, memory is poor.
LATE_MS: Final = 7 * DAY_MS
# Forms show seconds: two times that were typed may each have lost less than one.
SLACK_MS: Final = 1_000


class Limits(Struct, frozen=True):
    """What the region sets: the longest visit of its tariff, and its service items."""

    most_visit_ms: int
    items: frozenset[str]


class Moved(Struct, frozen=True):
    """A visit before and after an edit that is about to be made, and all that bounds it."""

    record: EditedRecord
    edits: Sequence[Edit]
    before: Values
    after: Values
    reason: Reason
    action: ActionTaken
    now_ms: int
    limits: Limits

    @property
    def withdraws(self) -> bool:
        """Whether it takes an earlier one back."""
        return self.reason is Reason.ENTERED_IN_ERROR

    def changes(self, *fields: Field) -> bool:
        """Whether one of the fields is other than before."""
        return any(value_of(self.before, field) != value_of(self.after, field) for field in fields)

    @property
    def anchor(self) -> Values:
        """Where the captured times lie once the clock's edits are made."""
        found = self.record.captured
        by_ms = _clock_moved_ms(found, self.edits)
        return Values(found.start_ms + by_ms, found.end_ms + by_ms, (), "", "")

    @property
    def added_items(self) -> set[str]:
        """Items that were neither captured nor stood before."""
        return set(self.after.items) - set(self.before.items) - set(self.record.captured.items)


def marks_of(moved: Moved) -> tuple[Mark, ...]:
    """What the fund wants to see of it at once."""
    captured, after = moved.record.captured, moved.after
    longest_ms = max(captured.length_ms + SLACK_MS, moved.before.length_ms)
    persons = {Field.RECIPIENT, Field.CAREGIVER}
    found = {
        Mark.LENGTHENS: after.length_ms > longest_ms,
        Mark.ADDS_ITEMS: bool(moved.added_items),
        Mark.CHANGES_PERSON: any(
            moved.changes(one) and value_of(after, one) != value_of(captured, one) for one in persons
        ),
        Mark.LATE: moved.now_ms - moved.record.received_at_ms > LATE_MS,
        Mark.DOUBTED: moved.record.doubted,
    }
    return tuple(mark for mark, holds in found.items() if holds)


def check_bounds(moved: Moved) -> None:
    """Refuse an edit that goes too far.

    Raises:
        EditError: saying what to do instead.
    """
    if moved.changes(Field.START, Field.END):
        _check_visit(moved)
        _check_moved(moved)
    for check in _OF_FIELDS:
        check(moved)


def _check_visit(moved: Moved) -> None:
    after = moved.after
    if _as_captured(moved):
        return
    if after.end_ms <= after.start_ms:
        raise EditError("the end must come after the start", "结束时间须晚于开始时间")
    # What was captured so short may move as a whole.
    if after.length_ms < min(SLACK_MS, moved.before.length_ms):
        raise EditError(
            "a visit lasts a second at least: check both times, or open a case where it was not given",
            "更正后不足一秒：请核对开始与结束时间；服务确未发生的，请立案说明",
        )
    if after.end_ms > moved.now_ms:
        raise EditError("a visit cannot end in the future", "结束时间不能晚于现在")
    if after.length_ms > moved.limits.most_visit_ms:
        hours = moved.limits.most_visit_ms / HOUR_MS
        raise EditError(
            f"no visit is billed for more than {hours:g} hours; correct the times, or open a case",
            f"单次服务最多 {hours:g} 小时；请改正时间，或立案说明",
        )


def _check_moved(moved: Moved) -> None:
    # What a withdrawal leaves was judged edit by edit (`withdrawing`).
    if moved.withdraws:
        return
    if moved.reason is not Reason.DEVICE_CLOCK:
        _check_distance(moved)
    elif not _as_captured(moved):
        _check_clock(moved)


def _as_captured(moved: Moved) -> bool:
    after, captured = moved.after, moved.record.captured
    return (after.start_ms, after.end_ms) == (captured.start_ms, captured.end_ms)


def _check_distance(moved: Moved) -> None:
    # Of the captured times themselves too: each return to them would let the next clock's edit start afresh.
    anchor, after = moved.anchor, moved.after
    if max(abs(after.start_ms - anchor.start_ms), abs(after.end_ms - anchor.end_ms)) > MOST_MOVED_MS:
        raise EditError(
            "a time is edited by at most 4 hours from what was captured, or from where the clock's edits put that; "
            "withdraw those if they are wrong, and open a case where a time is farther off",
            "时间最多更正 4 小时（自采集时间或时钟更正后的时间起算）；时钟更正有误请撤回，相差更多请立案",
        )


def _check_clock(moved: Moved) -> None:
    before, after, received_at_ms = moved.before, moved.after, moved.record.received_at_ms
    if not moved.record.clock_doubtful:
        raise EditError(
            "the record vouches for its clock, which was set by satellites or the network; choose another reason",
            "该设备时钟已由卫星或网络校准，不能以时钟有误为由；请另选原因",
        )
    if abs((after.start_ms - before.start_ms) - (after.end_ms - before.end_ms)) >= SLACK_MS:
        raise EditError(
            "a wrong clock moves start and end alike: the visit must stay as long as it is",
            "时钟有误时开始与结束须同等移动，时长不变",
        )
    if not received_at_ms - MOST_ON_ITS_WAY_MS <= after.start_ms <= after.end_ms <= received_at_ms:
        raise EditError(
            "the visit must lie within the 31 days before its record was received; open a case where it does not",
            "服务时间须在记录收到前 31 天之内；否则请立案说明",
        )


def _check_items(moved: Moved) -> None:
    known = moved.limits.items | set(moved.record.captured.items)
    if not set(moved.after.items) <= known:
        raise EditError("an item is not in the catalogue; choose from the list", "服务项目不在目录中，请从列表选择")


def _check_caregiver(moved: Moved) -> None:
    if moved.changes(Field.CAREGIVER) and moved.record.compared and not moved.withdraws:
        raise EditError(
            "a face or a voice was compared with this caregiver's at check-in; if another gave the visit, open a case",
            "签到时已比对该护理员的人脸或声纹；若由他人服务，请立案",
        )


def _check_word(moved: Moved) -> None:
    """Whoever is paid for a visit does not alone say that it was longer, or held more."""
    by_order = moved.action is ActionTaken.ORDER_COMPARED and moved.added_items <= set(moved.record.planned_items)
    if moved.withdraws or moved.action in OTHERS_WORD:
        return
    marks = set(marks_of(moved))
    if Mark.LENGTHENS in marks or (Mark.ADDS_ITEMS in marks and not by_order):
        raise EditError(
            "a longer visit or a further item needs the recipient's word, a signed sheet or a document; "
            "choose that action once you have it",
            "延长时间或增加项目须有本人或家属核实、签字单或材料；取得后再选择相应处理",
        )


_OF_FIELDS: Final[tuple[Callable[[Moved], None], ...]] = (_check_items, _check_caregiver, _check_word)


def _clock_moved_ms(captured: Values, edits: Sequence[Edit]) -> int:
    # Each as it moves what stands now: an edit keeps what stood before it when it was made, which may be withdrawn.
    moved_ms, standing = 0, captured
    for edit in lasting(edits):
        after = values_after(standing, [edit])
        if edit.reason is Reason.DEVICE_CLOCK:
            moved_ms += after.start_ms - standing.start_ms
        standing = after
    return moved_ms

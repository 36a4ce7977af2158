"""Taking an edit back: what is left must hold by itself, as if that one had never been made. Pure.

Every edit keeps whole values, judged by what stood before it. Without an earlier one, a later may say more than it did:
an hour's visit moved seven hours by its clock and then cut by a minute is eight hours long once the clock is put back.
"""

from collections.abc import Sequence
from typing import Final

from msgspec.structs import replace

from ingest_server.edits.bounds import Moved, check_bounds, marks_of
from ingest_server.edits.edit import Edit, Mark, lasting, values_after
from ingest_server.errors import EditError

# What rests on a word, and is found by its mark: no edit comes to do this unmarked.
_MARKED: Final = frozenset({Mark.LENGTHENS, Mark.ADDS_ITEMS})


def check_what_is_left(withdrawal: Moved, number: int) -> None:
    """Refuse to withdraw an edit on which a later one rests.

    Raises:
        EditError: naming that one, which is to be withdrawn first.
    """
    left = [edit for edit in lasting(withdrawal.edits) if edit.number != number]
    for place, edit in enumerate(left):
        if edit.number > number:
            _check_alone(withdrawal, left[:place], edit)


def _check_alone(withdrawal: Moved, before: Sequence[Edit], edit: Edit) -> None:
    stood = values_after(withdrawal.record.captured, before)
    made = replace(
        withdrawal,
        edits=before,
        before=stood,
        after=values_after(stood, [edit]),
        reason=edit.reason,
        action=edit.action,
    )
    try:
        check_bounds(made)
    except EditError as cause:
        raise _rests(edit) from cause
    if _MARKED & set(marks_of(made)) - set(edit.marks):
        raise _rests(edit)


def _rests(edit: Edit) -> EditError:
    return EditError(
        f"edit no. {edit.number} rests on this one and would not hold without it; withdraw no. {edit.number} first",
        f"第 {edit.number} 条更正以这一条为前提，单独不成立；请先撤回第 {edit.number} 条",
    )

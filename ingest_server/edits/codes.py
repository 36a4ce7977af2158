"""Why a visit is edited, what was done about it, and which of the two go together. Pure; it is three tables.

A reason names what went wrong, an action what somebody did to make sure; neither says anything without the other.
"""

from collections.abc import Mapping
from enum import StrEnum
from typing import Final

from ingest_server.words.bilingual import Words


class Field(StrEnum):
    """What of a visit may be edited. Evidence, device, signature and chain are in no table, and never are."""

    START = "start"
    END = "end"
    ITEMS = "items"
    RECIPIENT = "recipient"
    CAREGIVER = "caregiver"
    PLACE = "place"


FIELD_WORDS: Final[Mapping[str, Words]] = {
    Field.START: Words("开始", "start"),
    Field.END: Words("结束", "end"),
    Field.ITEMS: Words("项目", "items"),
    Field.RECIPIENT: Words("被护理人", "recipient"),
    Field.CAREGIVER: Words("护理员", "caregiver"),
    Field.PLACE: Words("服务地点", "place"),
}


class Place(StrEnum):
    """Where the service was given, as people say it; positions stay as they were measured."""

    HOME = "home"
    INSTITUTION = "institution"
    OUTDOORS = "outdoors"
    OTHER = "other"


class Reason(StrEnum):
    """What went wrong."""

    FORGOT_CHECK_IN = "forgot_check_in"
    FORGOT_CHECK_OUT = "forgot_check_out"
    CHECKED_EARLY_OR_LATE = "checked_early_or_late"
    DEVICE_FAULT = "device_fault"
    DEVICE_CLOCK = "device_clock"
    WRONG_ITEM = "wrong_item"
    ITEM_NOT_ENTERED = "item_not_entered"
    SERVICE_CUT_SHORT = "service_cut_short"
    WRONG_RECIPIENT = "wrong_recipient"
    WRONG_CAREGIVER = "wrong_caregiver"
    OUTSIDE_THE_HOME = "outside_the_home"
    EMERGENCY = "emergency"
    OTHER = "other"
    ENTERED_IN_ERROR = "entered_in_error"


class ActionTaken(StrEnum):
    """What was done about it."""

    CONFIRMED_BY_RECIPIENT = "confirmed_by_recipient"
    SIGNED_TIMESHEET = "signed_timesheet"
    DOCUMENT_ON_FILE = "document_on_file"
    ORDER_COMPARED = "order_compared"
    CAREGIVER_STATED = "caregiver_stated"
    CAREGIVER_INSTRUCTED = "caregiver_instructed"
    DEVICE_SENT_FOR_REPAIR = "device_sent_for_repair"
    CLOCK_SET = "clock_set"
    EDIT_WITHDRAWN = "edit_withdrawn"


_TIMES: Final = frozenset({Field.START, Field.END})
FIELDS: Final[Mapping[Reason, frozenset[Field]]] = {
    Reason.FORGOT_CHECK_IN: frozenset({Field.START}),
    Reason.FORGOT_CHECK_OUT: frozenset({Field.END}),
    Reason.CHECKED_EARLY_OR_LATE: _TIMES,
    Reason.DEVICE_FAULT: _TIMES | {Field.ITEMS},
    Reason.DEVICE_CLOCK: _TIMES,
    Reason.WRONG_ITEM: frozenset({Field.ITEMS}),
    Reason.ITEM_NOT_ENTERED: frozenset({Field.ITEMS}),
    Reason.SERVICE_CUT_SHORT: frozenset({Field.END, Field.ITEMS}),
    Reason.WRONG_RECIPIENT: frozenset({Field.RECIPIENT}),
    Reason.WRONG_CAREGIVER: frozenset({Field.CAREGIVER}),
    Reason.OUTSIDE_THE_HOME: frozenset({Field.PLACE}),
    Reason.EMERGENCY: _TIMES | {Field.ITEMS, Field.PLACE},
    # Whose visit it was is changed for its own reasons alone.
    Reason.OTHER: _TIMES | {Field.ITEMS, Field.PLACE},
    Reason.ENTERED_IN_ERROR: frozenset(),
}

# What rests on somebody other than whoever is paid for the visit, or on paper of theirs.
OTHERS_WORD: Final = frozenset({
    ActionTaken.CONFIRMED_BY_RECIPIENT, ActionTaken.SIGNED_TIMESHEET, ActionTaken.DOCUMENT_ON_FILE,
})  # fmt: skip
_SAID: Final = OTHERS_WORD | {ActionTaken.CAREGIVER_STATED, ActionTaken.CAREGIVER_INSTRUCTED}
PAIRED: Final[Mapping[Reason, frozenset[ActionTaken]]] = {
    Reason.FORGOT_CHECK_IN: _SAID,
    Reason.FORGOT_CHECK_OUT: _SAID,
    Reason.CHECKED_EARLY_OR_LATE: _SAID,
    Reason.DEVICE_FAULT: OTHERS_WORD | {ActionTaken.DEVICE_SENT_FOR_REPAIR},
    Reason.DEVICE_CLOCK: frozenset({ActionTaken.CLOCK_SET, ActionTaken.DEVICE_SENT_FOR_REPAIR}),
    Reason.WRONG_ITEM: _SAID | {ActionTaken.ORDER_COMPARED},
    Reason.ITEM_NOT_ENTERED: _SAID,
    Reason.SERVICE_CUT_SHORT: OTHERS_WORD | {ActionTaken.CAREGIVER_STATED},
    Reason.WRONG_RECIPIENT: OTHERS_WORD | {ActionTaken.ORDER_COMPARED},
    Reason.WRONG_CAREGIVER: OTHERS_WORD | {ActionTaken.ORDER_COMPARED},
    Reason.OUTSIDE_THE_HOME: OTHERS_WORD | {ActionTaken.ORDER_COMPARED, ActionTaken.CAREGIVER_STATED},
    Reason.EMERGENCY: OTHERS_WORD | {ActionTaken.CAREGIVER_STATED},
    Reason.OTHER: OTHERS_WORD,
    Reason.ENTERED_IN_ERROR: frozenset({ActionTaken.EDIT_WITHDRAWN}),
}

# What the codes alone do not tell.
NEEDS_A_MEMO: Final[frozenset[Reason | ActionTaken]] = frozenset({
    Reason.WRONG_RECIPIENT,
    Reason.WRONG_CAREGIVER,
    Reason.EMERGENCY,
    Reason.OTHER,
    Reason.ENTERED_IN_ERROR,
    ActionTaken.CAREGIVER_STATED,
    ActionTaken.DOCUMENT_ON_FILE,
})  # fmt: skip

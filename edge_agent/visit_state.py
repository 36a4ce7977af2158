"""The visit's life as one table: pure, and the only place that says what may follow what.

The diagram in ``docs/visit-states.md`` is drawn from this table. Everything that ends a visit leads to a record: a
forgotten check-out and a power cut are facts about a visit, not reasons to lose it. Midnight is no event: a visit
belongs to the day that it began on, and goes on.
"""

from collections.abc import Mapping
from enum import StrEnum
from types import MappingProxyType

from edge_agent.actions import (
    CheckIn,
    CheckOut,
    HandOver,
    ItemFinished,
    ItemRefused,
    ItemStarted,
    ItemTakenBack,
    LookAgain,
    OtherWayIn,
    VisitEvent,
)
from edge_agent.errors import VisitStateError
from visit_record.vocabulary import Ending


class ChecksDone(VisitEvent, frozen=True):
    """The time for looking at whoever checks in or out is over, whether or not there was somebody to see."""


class CarriedOff(VisitEvent, frozen=True):
    """The position says that the device has left the home that the visit began in."""


class CheckOutForgotten(VisitEvent, frozen=True):
    """Nobody checked out in the longest time that a visit may take."""


class PowerLost(VisitEvent, frozen=True):
    """The device's power failed."""


class StreamsEnded(VisitEvent, frozen=True):
    """No sensor and no person will say anything more."""


class RecordSealed(VisitEvent, frozen=True):
    """The record is in the outbox."""


class VisitState(StrEnum):
    """Where a visit stands."""

    IDLE = "idle"
    CHECKING_IN = "checking_in"
    IN_VISIT = "in_visit"
    CHECKING_OUT = "checking_out"
    CHECKED_OUT = "checked_out"
    ABANDONED = "abandoned"
    INTERRUPTED = "interrupted"
    SEALED = "sealed"


START, END = VisitState.IDLE, VisitState.SEALED

# None of them moves a visit on: what is done for somebody, who does it, and that the device was carried off meanwhile.
_GOES_ON = (ItemStarted, ItemFinished, ItemTakenBack, ItemRefused, OtherWayIn, CarriedOff)
_CUT_SHORT: Mapping[type[VisitEvent], VisitState] = MappingProxyType(
    {
        CheckOutForgotten: VisitState.ABANDONED,
        PowerLost: VisitState.INTERRUPTED,
        StreamsEnded: VisitState.INTERRUPTED,
    }
)
_SEALING: Mapping[type[VisitEvent], VisitState] = MappingProxyType({RecordSealed: VisitState.SEALED})

TRANSITIONS: Mapping[VisitState, Mapping[type[VisitEvent], VisitState]] = MappingProxyType(
    {
        VisitState.IDLE: {CheckIn: VisitState.CHECKING_IN},
        # Care may begin, and even end, while the camera still looks: it never waits for the device.
        VisitState.CHECKING_IN: {
            ChecksDone: VisitState.IN_VISIT,
            **dict.fromkeys((*_GOES_ON, LookAgain), VisitState.CHECKING_IN),
            CheckOut: VisitState.CHECKING_OUT,
            HandOver: VisitState.CHECKED_OUT,
            **_CUT_SHORT,
        },
        VisitState.IN_VISIT: {
            **dict.fromkeys(_GOES_ON, VisitState.IN_VISIT),
            # Whoever was not recognised may try again, while care goes on.
            LookAgain: VisitState.CHECKING_IN,
            CheckOut: VisitState.CHECKING_OUT,
            # Nobody is looked at any more: whoever now stands before the camera is the next one.
            HandOver: VisitState.CHECKED_OUT,
            **_CUT_SHORT,
        },
        # Who has checked out has checked out, whatever fails after it.
        VisitState.CHECKING_OUT: {
            ChecksDone: VisitState.CHECKED_OUT,
            CarriedOff: VisitState.CHECKING_OUT,
            PowerLost: VisitState.CHECKED_OUT,
            StreamsEnded: VisitState.CHECKED_OUT,
        },
        VisitState.CHECKED_OUT: _SEALING,
        VisitState.ABANDONED: _SEALING,
        VisitState.INTERRUPTED: _SEALING,
        VisitState.SEALED: {},
    }
)

ENDINGS: Mapping[VisitState, Ending] = MappingProxyType(
    {
        VisitState.CHECKED_OUT: Ending.CHECKED_OUT,
        VisitState.ABANDONED: Ending.ABANDONED,
        VisitState.INTERRUPTED: Ending.INTERRUPTED,
    }
)


def next_state(state: VisitState, event: VisitEvent) -> VisitState:
    """The state that an event leads to.

    Raises:
        VisitStateError: the state does not allow the event.
    """
    try:
        return TRANSITIONS[state][type(event)]
    except KeyError as cause:
        raise VisitStateError(f"{type(event).__name__} is not possible while the visit is {state}") from cause


def diagram() -> str:
    """The table as a Mermaid state diagram."""
    lines = ["stateDiagram-v2", f"    [*] --> {START}"]
    for state, events in TRANSITIONS.items():
        lines += [f"    {state} --> {target}: {names}" for target, names in _arrows(events)]
    return "\n".join([*lines, f"    {END} --> [*]"])


def _arrows(events: Mapping[type[VisitEvent], VisitState]) -> list[tuple[VisitState, str]]:
    """One arrow for each target, with the names of all events that lead there."""
    targets = dict.fromkeys(events.values())
    return [(target, ", ".join(e.__name__ for e, to in events.items() if to is target)) for target in targets]

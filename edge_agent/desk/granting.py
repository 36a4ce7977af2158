"""Whether a caregiver may have what they ask for, and the event that it then is. Pure, but for a code that is tried."""

from collections.abc import Set

from edge_agent.actions import (
    CheckOut,
    ConsentWithdrawn,
    ItemFinished,
    ItemRefused,
    ItemStarted,
    ItemTakenBack,
    LookAgain,
    OtherWayIn,
    VisitEvent,
)
from edge_agent.day_orders import Orders
from edge_agent.desk.asks import (
    Ask,
    BeginItem,
    FinishItem,
    Leave,
    RefuseItem,
    ShowOtherwise,
    TakeBackItem,
    TryAgain,
    WithdrawConsent,
)
from edge_agent.desk.view import VisitView
from edge_agent.desk.ways import Try, way_refused
from edge_agent.errors import DeskError, Refusal, VisitStateError
from edge_agent.service_book import Standing
from edge_agent.visit_state import next_state
from visit_record.catalogue import service_items

_MAY_BEGIN = frozenset({Standing.OPEN, Standing.GIVEN, Standing.REFUSED})


def granted(ask: Ask, visit: VisitView, at_ms: int, orders: Orders, tried: Try) -> VisitEvent:
    """The event that an ask is in a visit that stands so; ``tried`` tries a code.

    Raises:
        DeskError: it cannot be had.
    """
    if isinstance(ask, WithdrawConsent):
        # In no table of states: whoever is sensed may take it back whenever they are.
        return _withdrawn(ask, visit, at_ms)
    event = _event(ask, visit, at_ms, orders, tried)
    try:
        next_state(visit.state, event)
    except VisitStateError as error:
        raise DeskError(Refusal.NOT_NOW, str(error)) from error
    return event


def _event(ask: Ask, visit: VisitView, at_ms: int, orders: Orders, tried: Try) -> VisitEvent:
    match ask:
        case BeginItem() | FinishItem() | TakeBackItem() | RefuseItem():
            return _of_item(ask, visit, at_ms)
        case TryAgain():
            if visit.look is None or visit.look.looks_left < 1:
                raise DeskError(Refusal.NO_SUCH_WAY)
            return LookAgain(at_ms)
        case ShowOtherwise():
            refused = way_refused(ask, visit, orders, tried)
            if refused is not None:
                raise DeskError(refused)
            return OtherWayIn(at_ms, ask.method)
        case Leave():
            return CheckOut(at_ms)
        case _:
            raise DeskError(Refusal.NOT_NOW, type(ask).__name__)


def _withdrawn(ask: WithdrawConsent, visit: VisitView, at_ms: int) -> ConsentWithdrawn:
    if not any(one.modality is ask.modality and one.is_used for one in visit.senses):
        raise DeskError(Refusal.NOT_NOW, f"{ask.modality} is not used")
    return ConsentWithdrawn(at_ms, ask.modality)


def _of_item(ask: BeginItem | FinishItem | TakeBackItem | RefuseItem, visit: VisitView, at_ms: int) -> VisitEvent:
    match ask:
        case BeginItem(item=item):
            _require(visit, item, _MAY_BEGIN)
            return ItemStarted(at_ms, item)
        case FinishItem(item=item):
            _require(visit, item, frozenset({Standing.UNDER_WAY}))
            return ItemFinished(at_ms, item)
        case TakeBackItem(item=item):
            _require(visit, item, frozenset({Standing.UNDER_WAY}))
            return ItemTakenBack(at_ms, item)
        case RefuseItem(item=item, reason=reason):
            _require(visit, item, _MAY_BEGIN)
            return ItemRefused(at_ms, item, reason)


def _require(visit: VisitView, item: str, allowed: Set[Standing]) -> None:
    if item not in service_items():
        raise DeskError(Refusal.UNKNOWN_ITEM, item)
    standing = next((one.standing for one in visit.items if one.item == item), Standing.OPEN)
    if standing not in allowed:
        raise DeskError(Refusal.NOT_NOW, f"{item} is {standing}")

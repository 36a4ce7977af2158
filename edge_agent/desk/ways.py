"""The other ways in: which of them a caregiver has, and whether one that was tried is theirs."""

from collections.abc import Callable, Iterator

from edge_agent.day_orders import Orders
from edge_agent.desk.asks import ShowOtherwise
from edge_agent.desk.view import VisitView
from edge_agent.desk.wrong_codes import Tried
from edge_agent.errors import Refusal
from visit_record.vocabulary import IdentityMethod

# Tries a code against the hash that is kept of it.
Try = Callable[[str, str], Tried]
_REFUSED = {Tried.RIGHT: None, Tried.WRONG: Refusal.WRONG_CODE, Tried.RESTS: Refusal.TOO_MANY_CODES}


def ways_of(caregiver: str, order: str, orders: Orders, *, voice: bool) -> tuple[IdentityMethod, ...]:
    """The ways that are open to a caregiver for an order; ``voice`` is whether theirs is known and may be heard."""

    def ways() -> Iterator[IdentityMethod]:
        if voice:
            yield IdentityMethod.VOICE
        if orders.pin_of(caregiver):
            yield IdentityMethod.PIN
        if _supervisors(order, orders):
            yield IdentityMethod.SUPERVISOR_CODE

    return tuple(ways())


def way_refused(ask: ShowOtherwise, visit: VisitView, orders: Orders, tried: Try) -> Refusal | None:
    """Why a way that was tried is not taken, or ``None``.

    A voice is taken as it is: the device hears and reports it, and no decision rests on what it thinks of it here.
    """
    if ask.method not in visit.ways:
        return Refusal.NO_SUCH_WAY
    kept = {
        IdentityMethod.PIN: orders.pin_of(visit.order.caregiver),
        IdentityMethod.SUPERVISOR_CODE: _supervisors(visit.order.order, orders),
    }.get(ask.method)
    return None if kept is None else _REFUSED[tried(ask.code, kept)]


def _supervisors(order: str, orders: Orders) -> str | None:
    named = orders.named(order)
    return named.supervisor_code if named else None

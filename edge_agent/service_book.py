"""Which service items were given, as the caregiver tells it at the kiosk."""

from edge_agent.actions import ItemFinished, ItemRefused, ItemStarted
from edge_agent.errors import VisitStateError
from edge_agent.evidence.visit_clock import VisitClock
from visit_record.record import RefusedService, ServiceClaim, Services


class ServiceBook:
    """Items begun, done and refused in one visit; a forbidden entry changes nothing."""

    def __init__(self) -> None:
        self._open: dict[str, int] = {}
        self._given: list[tuple[int, int, str]] = []
        self._refused: list[RefusedService] = []

    def enter(self, action: ItemStarted | ItemFinished | ItemRefused) -> None:
        """Take one action.

        Raises:
            VisitStateError: an item is begun twice, or done without having been begun.
        """
        match action:
            case ItemStarted():
                if action.item in self._open:
                    raise VisitStateError(f"{action.item} has been begun already")
                self._open[action.item] = action.at_ms
            case ItemFinished():
                if action.item not in self._open:
                    raise VisitStateError(f"{action.item} has not been begun")
                self._given.append((self._open.pop(action.item), action.at_ms, action.item))
            case ItemRefused():
                self._refused.append(RefusedService(action.item, action.reason))

    def services(self, visit: VisitClock) -> Services:
        """The claims in order of time; what was begun and not ended counts until check-out."""
        left_open = [(start_ms, visit.check_out_monotonic_ms, item) for item, start_ms in self._open.items()]
        return Services(
            claimed=tuple(
                ServiceClaim(item, visit.utc_ms(start_ms), (end_ms - start_ms) / 1000)
                for start_ms, end_ms, item in sorted(self._given + left_open)
            ),
            refused=tuple(self._refused),
        )

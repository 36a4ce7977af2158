"""Which service items were given, as the caregiver tells it at the kiosk.

However often somebody taps, the book stays short enough for a record: claims of one item are joined, none is dropped.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from enum import StrEnum
from typing import NamedTuple

from edge_agent.actions import ItemFinished, ItemRefused, ItemStarted, ItemTakenBack
from edge_agent.errors import VisitStateError
from edge_agent.evidence.intervals import Span, merged
from edge_agent.evidence.visit_clock import VisitClock
from visit_record.record import RefusedService, ServiceClaim, Services
from visit_record.vocabulary import ServiceRefusalReason

# About 8 KB of JSON at most. A catalogue has some two dozen items; nobody gives more kinds than this in one visit.
MOST_CLAIMS = 60
MOST_ITEMS = 30
# Done and begun again within a minute is one service that a finger interrupted.
FIRST_GAP_MS = 60_000


class Standing(StrEnum):
    """How an item stands."""

    OPEN = "open"
    UNDER_WAY = "under_way"
    GIVEN = "given"
    REFUSED = "refused"


class ItemEntry(NamedTuple):
    """An item as it stands at a moment; ``given_ms`` is for how long it was given until then."""

    standing: Standing
    given_ms: int
    reason: ServiceRefusalReason | None


class ServiceBook:
    """Items begun, done, taken back and refused in one visit; a forbidden entry changes nothing."""

    def __init__(self) -> None:
        self._open: dict[str, int] = {}
        self._given: list[tuple[int, int, str]] = []
        self._refused: dict[str, ServiceRefusalReason] = {}
        self.taps = 0

    def enter(self, action: ItemStarted | ItemFinished | ItemTakenBack | ItemRefused) -> None:
        """Take one action.

        Raises:
            VisitStateError: an item is begun twice, done or taken back without having been begun, or one kind too many.
        """
        if action.item not in self._items and len(self._items) >= MOST_ITEMS:
            raise VisitStateError(f"{action.item} is one kind of service too many; a visit tells of {MOST_ITEMS}")
        match action:
            case ItemStarted():
                if action.item in self._open:
                    raise VisitStateError(f"{action.item} has been begun already")
                self._open[action.item] = action.at_ms
            case ItemFinished():
                self._given.append((self._begun(action.item), action.at_ms, action.item))
            case ItemTakenBack():
                self._begun(action.item)
            case ItemRefused():
                self._refused[action.item] = action.reason
        self.taps += 1

    def _begun(self, item: str) -> int:
        """When an item was begun that is under way no more, by the monotonic clock."""
        if item not in self._open:
            raise VisitStateError(f"{item} has not been begun")
        return self._open.pop(item)

    @property
    def _items(self) -> set[str]:
        """Every item that was spoken of, but for a slip."""
        return {*self._open, *self._refused, *(item for _, _, item in self._given)}

    def entries(self, now_ms: int) -> Mapping[str, ItemEntry]:
        """Every item that was spoken of. What was given stands so, though it was refused before or after."""
        return {item: self._entry(item, self._refused.get(item), now_ms) for item in sorted(self._items)}

    def _entry(self, item: str, reason: ServiceRefusalReason | None, now_ms: int) -> ItemEntry:
        given_ms = sum(end_ms - start_ms for start_ms, end_ms, given in self._given if given == item)
        if item in self._open:
            return ItemEntry(Standing.UNDER_WAY, given_ms + max(0, now_ms - self._open[item]), reason)
        given = any(one == item for _, _, one in self._given)
        return ItemEntry(Standing.GIVEN if given else Standing.REFUSED, given_ms, reason)

    def services(self, visit: VisitClock) -> Services:
        """The claims in order of time; what was begun and not ended counts until check-out.

        At most 60 claims, each item's joined where they follow each other within a minute, or within more where they
        are too many; and each refused item once, with its last reason: whoever changes a reason means the other one.
        """
        left_open = [(start_ms, visit.check_out_monotonic_ms, item) for item, start_ms in self._open.items()]
        return Services(
            claimed=tuple(
                ServiceClaim(item, visit.utc_ms(start_ms), (end_ms - start_ms) / 1000)
                for (start_ms, end_ms), item in _few_enough(self._given + left_open)
            ),
            refused=tuple(RefusedService(item, reason) for item, reason in self._refused.items()),
        )


def _few_enough(claims: Iterable[tuple[int, int, str]]) -> list[tuple[Span, str]]:
    spans: dict[str, list[Span]] = defaultdict(list)
    for start_ms, end_ms, item in claims:
        spans[item].append((start_ms, end_ms))
    gap_ms = FIRST_GAP_MS
    while True:
        joined = sorted((span, item) for item, of_item in spans.items() for span in merged(of_item, gap_ms))
        # One claim of each item is as few as there can be, and fewer than are allowed.
        if len(joined) <= MOST_CLAIMS:
            return joined
        gap_ms *= 2

"""What somebody types while a visit is lived without a kiosk, as actions. Pure."""

from collections.abc import Callable, Iterable, Iterator

from edge_agent.actions import (
    Action,
    CheckOut,
    ConsentWithdrawn,
    ItemFinished,
    ItemRefused,
    ItemStarted,
    ItemTakenBack,
)
from visit_record.catalogue import service_items
from visit_record.vocabulary import Modality, ServiceRefusalReason

HOW = "start ITEM | finish ITEM | slip ITEM | refuse ITEM [REASON] | withdraw SENSE | out"


def actions(lines: Iterable[str], clock: Callable[[], int], refuse: Callable[[str], None]) -> Iterator[Action]:
    """An action for each line, at the moment at which it came; what is none goes to ``refuse``, which says why."""
    for line in lines:
        words = line.split()
        action = _action(words, clock())
        if action is not None:
            yield action
        elif words:
            refuse(" ".join(words))


def _action(words: list[str], at_ms: int) -> Action | None:
    match words:
        case ["withdraw", sense] if sense in set(Modality):
            return ConsentWithdrawn(at_ms, Modality(sense))
        case ["out"]:
            return CheckOut(at_ms)
        case _:
            return _service(words, at_ms)


def _service(words: list[str], at_ms: int) -> Action | None:
    match words:
        case ["start", item] if item in service_items():
            return ItemStarted(at_ms, item)
        case ["finish", item] if item in service_items():
            return ItemFinished(at_ms, item)
        case ["slip", item] if item in service_items():
            return ItemTakenBack(at_ms, item)
        case ["refuse", item] if item in service_items():
            return ItemRefused(at_ms, item, ServiceRefusalReason.OTHER)
        case ["refuse", item, reason] if item in service_items() and reason in set(ServiceRefusalReason):
            return ItemRefused(at_ms, item, ServiceRefusalReason(reason))
        case _:
            return None

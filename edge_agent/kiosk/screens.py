"""Which page a device that stands so is on, and the parts of it that change while somebody looks. Pure."""

from collections.abc import Mapping
from datetime import UTC, tzinfo
from enum import StrEnum
from functools import cache
from typing import Final

import msgspec
from jinja2 import Environment, PackageLoader, StrictUndefined

from edge_agent.desk.view import DeskView, SenseState
from edge_agent.errors import Refusal
from edge_agent.evidence.face_consensus import Recognition
from edge_agent.kiosk.tongue import Tongue, day, headed, isolated, moment, stopwatch, time_of_day
from edge_agent.past_visits import Delivery
from edge_agent.service_book import Standing
from edge_agent.visit_state import VisitState
from visit_record.vocabulary import ContestReason, Ending, FixType, IdentityMethod, Modality, ServiceRefusalReason
from visit_record.words import NOT_CONFIRMED

# What was sealed is on the screen for so long; then the next one finds today's orders.
SEALED_SHOWN_MS: Final = 180_000
# What nobody touches for so long is left.
UNTOUCHED_FOR_S: Final = 180
# Whoever seeks for words, or reads them aloud, takes longer.
TYPED_FOR_S: Final = 600
# Without scripts, how long before a page that lasts a moment looks whether it is over.
MOVES_ON_S: Final = 5


class Screen(StrEnum):
    """A page that follows the visit."""

    ORDERS = "orders"
    OPENING = "opening"
    VISIT = "visit"
    LEAVING = "leaving"
    SEALED = "sealed"
    # Somebody went there by themselves: nothing but its head follows.
    BESIDE = "beside"


REGIONS: Final[Mapping[Screen, tuple[str, ...]]] = {
    Screen.ORDERS: ("head", "orders"),
    Screen.OPENING: ("head",),
    Screen.VISIT: ("head", "clock", "mirror", "look", "place", "items", "strip"),
    Screen.LEAVING: ("head", "mirror", "look", "place", "strip"),
    Screen.SEALED: ("head", "receipt"),
    Screen.BESIDE: ("head",),
}

# Where somebody may be whatever the device does.
_GONE_TO: Final = {Screen.ORDERS, Screen.BESIDE}


class Live(msgspec.Struct, frozen=True):
    """What a page is sent when something changed: the page that it ought to be, and its parts as HTML."""

    screen: Screen
    regions: dict[str, str]


def screen_of(view: DeskView) -> Screen:
    """The page of a device that stands so."""
    if view.visit is not None:
        return Screen.VISIT if view.visit.state in {VisitState.CHECKING_IN, VisitState.IN_VISIT} else Screen.LEAVING
    if view.opening is not None:
        return Screen.OPENING
    fresh = view.sealed is not None and view.sealed.ago_ms < SEALED_SHOWN_MS
    return Screen.SEALED if fresh else Screen.ORDERS


def live(view: DeskView, tongue: Tongue, zone: tzinfo, screen: Screen) -> Live:
    """The changing parts of a page; none where it speaks of what is over."""
    made, due = environment(tongue, zone), screen_of(view)
    names = REGIONS[screen] if due is screen or screen in _GONE_TO else ()
    return Live(due, {name: made.get_template(f"live/{name}.html").render(view=view) for name in names})


def page(name: str, view: DeskView, tongue: Tongue, zone: tzinfo, **values: object) -> str:
    """A whole page."""
    always = {"view": view, "problem": None, "follows": True}
    return environment(tongue, zone).get_template(f"{name}.html").render(always | values)


def alone(name: str, **values: object) -> str:
    """A file that tells nothing of the device, in both languages."""
    return environment(Tongue.CHINESE, UTC).get_template(name).render(values)


@cache
def environment(tongue: Tongue, zone: tzinfo) -> Environment:
    """The templates in one language. A name that is missing is an error, and everything is escaped."""
    made = Environment(
        loader=PackageLoader("edge_agent.kiosk"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    made.globals |= {kind.__name__: kind for kind in _KINDS}
    made.globals |= {"tongue": tongue, "say": tongue.say}
    made.globals |= {"UNTOUCHED_FOR_S": UNTOUCHED_FOR_S, "TYPED_FOR_S": TYPED_FOR_S, "MOVES_ON_S": MOVES_ON_S}
    made.globals["NOT_CONFIRMED"] = NOT_CONFIRMED
    made.filters |= {"said": tongue.said, "item": tongue.item, "minutes": tongue.minutes}
    made.filters |= {"headed": headed, "isolated": isolated, "stopwatch": stopwatch}
    made.filters |= {"moment": lambda at_utc_ms: moment(at_utc_ms, zone), "day": lambda at_utc_ms: day(at_utc_ms, zone)}
    made.filters |= {"time": lambda at_utc_ms: time_of_day(at_utc_ms, zone)}
    return made


_KINDS: Final = (
    ContestReason,
    Delivery,
    Ending,
    FixType,
    IdentityMethod,
    Modality,
    Recognition,
    Refusal,
    SenseState,
    ServiceRefusalReason,
    Standing,
    VisitState,
)

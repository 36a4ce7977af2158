"""What the audit trail keeps of a request."""

from typing import Final

from fastapi import Request

from ingest_server.readable import readable
from ingest_server.store.trail import Actor, Entry
from ingest_server.vocabulary import Deed
from ingest_server.web.address import address_of

_OF_ROUTE: Final = {
    "/login": Deed.LOG_IN,
    "/logout": Deed.LOG_OUT,
}
_READS: Final = {"GET", "HEAD"}
_MANAGED: Final = {"people", "devices", "me"}
MOST_ABOUT: Final = 512
LEAST_ADDRESS: Final = 48


def entry_of(request: Request, actor: Actor, status: int, now_ms: int) -> Entry:
    """The entry for a request of somebody, answered so; its state says what was done where the address does not."""
    route = getattr(request.scope.get("route"), "path", "")
    return Entry(
        at_ms=now_ms,
        actor=actor.name,
        role=actor.role,
        agency=actor.agency,
        deed=_deed(request, route),
        route=route,
        about=_about(_address(request), _did(request)),
        status=status,
        address=address_of(request),
    )


def _about(address: str, did: str) -> str:
    """What was asked for, and what was done: no question is long enough to push the deed out of its entry."""
    kept = did[: MOST_ABOUT - min(len(address), LEAST_ADDRESS) - 1]
    return f"{address[: MOST_ABOUT - len(kept) - 1]} {kept}".strip()


def _address(request: Request) -> str:
    """What was asked for; without its question where that can be longer than an entry, and what it showed is named."""
    named = getattr(request.state, "named_instead", False)
    return request.url.path if named or not request.url.query else f"{request.url.path}?{request.url.query}"


def _did(request: Request) -> str:
    # Of what is refused too, where names are as they were typed: no line of the trail is forged with them.
    return readable(getattr(request.state, "did", ""))


def _deed(request: Request, route: str) -> Deed:
    """What kind of deed it is: a route says so itself where neither its path nor its method does."""
    told: Deed | None = getattr(request.state, "deed", None)
    return told or _OF_ROUTE.get(route) or (Deed.READ if request.method in _READS else _changing(route))


def _changing(route: str) -> Deed:
    room = route.removeprefix("/api/v1").split("/")[1]
    return Deed.MANAGE if room in _MANAGED else Deed.DECIDE

"""What may be asked of the server: every GET route of its own table, plainly, and with each choice that a query offers.

Nothing is listed here by hand, so that a new page is measured on the day it is there.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from string import Formatter
from typing import Any, Literal, get_args, get_origin

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from fastapi.routing import iter_route_contexts
from prometheus_client import CollectorRegistry

from ingest_server.bootstrap import app_over
from ingest_server.settings import ServerSettings
from ingest_server.store.database import Database

# A folder of files, and no route of ours.
NO_ROUTES = ("/static",)


@dataclass(frozen=True)
class Question:
    """A route, and what is asked of it beside its path: ``band=hold``, or nothing."""

    route: str
    query: str = ""

    @property
    def names(self) -> frozenset[str]:
        """The parameters of its path."""
        return frozenset(name for _, name, _, _ in Formatter().parse(self.route) if name)

    def address(self, values: dict[str, str]) -> str:
        """Where it is asked."""
        return self.route.format_map(values) + (f"?{self.query}" if self.query else "")


def questions() -> list[Question]:
    """Each route plainly, and then with each choice of each of its parameters alone."""
    return [question for route in _routes() for question in _asked(route)]


def _routes() -> Iterator[Any]:
    settings = ServerSettings(data_dir=Path(), broker_url="", database_url="sqlite://")
    app = app_over(settings, Database("sqlite://"), Ed25519PrivateKey.generate(), CollectorRegistry(), lambda: True)
    for route in iter_route_contexts(app.routes):
        if "GET" in (getattr(route, "methods", None) or ()) and route.path not in NO_ROUTES:
            yield route


def _asked(route: Any) -> Iterator[Question]:  # noqa: ANN401 - FastAPI's own contexts have no common type
    yield Question(route.path)
    for field in _query_fields(getattr(route, "dependant", None)):
        for choice in dict.fromkeys(choices(field.field_info.annotation)):
            yield Question(route.path, f"{field.alias}={choice}")


def _query_fields(dependant: Any) -> Iterator[Any]:  # noqa: ANN401
    if dependant is not None:
        yield from dependant.query_params
        for further in dependant.dependencies:
            yield from _query_fields(further)


def choices(annotation: Any) -> Iterator[str]:  # noqa: ANN401
    """What a parameter may be, where that can be told one by one."""
    if isinstance(annotation, type) and issubclass(annotation, StrEnum):
        yield from (str(one) for one in annotation)
    elif annotation is bool:
        yield from ("true", "false")
    elif get_origin(annotation) is Literal:
        yield from (str(one) for one in get_args(annotation) if one != "")
    else:
        for part in get_args(annotation):
            yield from choices(part)

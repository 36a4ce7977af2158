"""What may be asked of the server: every GET route of its own table, plainly, and with each choice that a query offers.

Nothing is listed here by hand, so that a new page is measured on the day it is there.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from string import Formatter
from typing import Any, Literal, get_args, get_origin

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from fastapi.routing import iter_route_contexts
from pydantic.fields import FieldInfo

from ingest_server.page_server import app_over
from ingest_server.settings import ServerSettings
from ingest_server.store.database import Database
from ingest_server.web.figures import Figures

# A folder of files, and no route of ours.
NO_ROUTES = ("/static",)
# What a list over a period may be asked with is asked: none is as long as its whole.
OF_A_PERIOD = ("from", "to")


@dataclass(frozen=True)
class Question:
    """A route, and what is asked of it beside its path: ``band=hold``, or nothing; what it wants is named in braces."""

    route: str
    query: str = ""

    @property
    def names(self) -> frozenset[str]:
        """What a row must tell for it to be asked."""
        return frozenset(name for _, name, _, _ in Formatter().parse(self.route + self.query) if name)

    def address(self, values: dict[str, str]) -> str:
        """Where it is asked."""
        return (self.route + (f"?{self.query}" if self.query else "")).format_map(values)


def questions() -> list[Question]:
    """Each route plainly, and then with each choice of each of its parameters alone."""
    return [question for route in _routes() for question in _asked(route)]


def _routes() -> Iterator[Any]:
    settings = ServerSettings(data_dir=Path(), broker_url="", database_url="sqlite://")
    app = app_over(
        settings, Database("sqlite://"), Ed25519PrivateKey.generate(), Figures.of_one_process(), lambda: True
    )
    for route in iter_route_contexts(app.routes):
        if "GET" in (getattr(route, "methods", None) or ()) and route.path not in NO_ROUTES:
            yield route


def _asked(route: Any) -> Iterator[Question]:  # noqa: ANN401 - FastAPI's own contexts have no common type
    dependant = getattr(route, "dependant", None)
    fields = list(_fields(dependant, "query_params"))
    needed = dict.fromkeys(one.alias for one in fields if one.field_info.is_required() or one.alias in OF_A_PERIOD)
    wanted = "&".join(f"{name}={{{name}}}" for name in needed)
    for path in _paths(route.path, list(_fields(dependant, "path_params"))):
        yield Question(path, wanted)
        for field in fields:
            for choice in dict.fromkeys(choices(field.field_info)):
                yield Question(path, "&".join(filter(None, (wanted, f"{field.alias}={choice}"))))


def _paths(path: str, fields: Sequence[Any]) -> list[str]:
    """With each choice of each part that is one of several; whose a subject is, a row tells with its kind."""
    paths = [path]
    for field in fields:
        told = dict.fromkeys(choices(field.field_info))
        if told and "{subject}" not in path:
            paths = [one.replace(f"{{{field.alias}}}", choice) for one in paths for choice in told]
    return paths


def _fields(dependant: Any, kind: str) -> Iterator[Any]:  # noqa: ANN401
    if dependant is not None:
        yield from getattr(dependant, kind)
        for further in dependant.dependencies:
            yield from _fields(further, kind)


def choices(field: FieldInfo) -> Iterator[str]:
    """What a parameter may be, where that can be told one by one."""
    told = field.json_schema_extra
    if isinstance(told, dict) and isinstance(told.get("enum"), list):
        yield from (str(one) for one in told["enum"])  # type: ignore[union-attr]
    else:
        yield from _choices(field.annotation)


def _choices(annotation: Any) -> Iterator[str]:  # noqa: ANN401
    if isinstance(annotation, type) and issubclass(annotation, StrEnum):
        yield from (str(one) for one in annotation)
    elif annotation is bool:
        yield from ("true", "false")
    elif get_origin(annotation) is Literal:
        yield from (str(one) for one in get_args(annotation) if one != "")
    else:
        for part in get_args(annotation):
            yield from _choices(part)

"""JSON answers, and their shapes in the OpenAPI document: both come from the same msgspec structs."""

from typing import Any, Final

import msgspec
from fastapi import FastAPI
from fastapi.openapi.utils import get_openapi
from msgspec import Struct
from starlette.responses import Response

from ingest_server.authenticity.estimate import Authenticity, Kind
from ingest_server.edits.shares import EditedShare, EditedWhole, EditorKind
from ingest_server.evv.visit import EvvVisit
from ingest_server.queries.columns import Kind as ColumnKind
from ingest_server.queries.columns import Operator
from ingest_server.rules.differences import Differences
from ingest_server.scoring.calibration import Calibration
from ingest_server.scoring.verdict import Band
from ingest_server.store.caregivers import CaregiverSummary
from ingest_server.store.case_lists import CaseLine
from ingest_server.store.checks import CheckedRecord
from ingest_server.store.edits import EditLine
from ingest_server.store.fleet import FleetDevice
from ingest_server.store.neighbours import Neighbours
from ingest_server.store.people import Person
from ingest_server.store.queue import NextVisit
from ingest_server.store.saved import SavedQuery
from ingest_server.store.summaries import VisitSummary
from ingest_server.store.trail import StoredEntry
from ingest_server.store.trail_leaves import ProvenLeaf
from ingest_server.store.visit_notes import NoteLine
from ingest_server.store.visits import VisitDetail
from ingest_server.web.access import COOKIE
from ingest_server.web.choices import CaseAnswer, VisitStepsAnswer
from ingest_server.web.edits import EditedVisitAnswer
from ingest_server.web.evv_fields import FieldsAnswer
from ingest_server.web.managing import PersonAnswer
from ingest_server.web.overview_answer import DevicesAnswer, Overview
from ingest_server.web.problems import PROBLEM_TYPE, Problem
from ingest_server.web.profile_answer import Profile
from ingest_server.web.ranking import RankedSubject
from ingest_server.web.rule_reading import RulesAnswer
from ingest_server.web.rules_tried import MovementsAnswer, RuleSetsAnswer
from ingest_server.web.told_answer import DeviceAnswer, HoursAnswer
from ingest_server.words.bilingual import Words
from visit_record.vocabulary import ExceptionClass

Responses = dict[int | str, dict[str, Any]]
_REF: Final = "#/components/schemas/{name}"


class VisitsAnswer(Struct, frozen=True):
    """A page of visits: of bands to be looked at by expected loss, most first, else newest first.

    ``next_cursor`` is ``null`` on the last. ``bands`` and ``classes`` count all that match, each up to 10,000,
    whichever band and whichever class is wanted.
    """

    visits: tuple[VisitSummary, ...]
    next_cursor: str | None
    bands: dict[Band, int]
    classes: dict[ExceptionClass, int]


class NextAnswer(Struct, frozen=True):
    """The visit to be looked at next; ``null`` where none waits that nobody took.

    ``second`` is how many cases wait for a second person, whom the reader may be.
    """

    next: NextVisit | None
    second: int


class SubjectsAnswer(Struct, frozen=True):
    """A page of subjects as they were at ``peers_of_ms``; ``next_cursor`` is ``null`` on the last."""

    kind: Kind
    since_month: str
    peers_of_ms: int
    subjects: tuple[RankedSubject, ...]
    next_cursor: str | None


class NeighboursAnswer(Struct, frozen=True):
    """The visits beside one: of its caregiver, of its recipient, of its device."""

    neighbours: tuple[Neighbours, ...]


class CasesAnswer(Struct, frozen=True):
    """A page of cases: open ones by when they are due, then those closed, newest first.

    ``next_cursor`` is ``null`` on the last.
    """

    cases: tuple[CaseLine, ...]
    next_cursor: str | None


class AcknowledgedAnswer(Struct, frozen=True):
    """The numbers of the cases in which visits were taken note of, in the order of their check-in."""

    cases: tuple[int, ...]


class EditsAnswer(Struct, frozen=True):
    """A page of edits, newest first; ``next_cursor`` is ``null`` on the last."""

    edits: tuple[EditLine, ...]
    next_cursor: int | None


class NotesOfVisitAnswer(Struct, frozen=True):
    """What the caregiver of one record of a visit wrote of it at the device, oldest first."""

    visit: str
    digest: str
    notes: tuple[NoteLine, ...]


class NotesAnswer(Struct, frozen=True):
    """A page of notes from devices, newest first; ``next_cursor`` is ``null`` on the last."""

    notes: tuple[NoteLine, ...]
    next_cursor: int | None


class SharesAnswer(Struct, frozen=True):
    """A page of shares of edited visits by the months of check-in (UTC), most edited visits first.

    ``whole`` is that of every visit that the reader sees; ``next_cursor`` is ``null`` on the last page.
    """

    kind: EditorKind
    since_month: str
    until_month: str
    whole: EditedWhole
    shares: tuple[EditedShare, ...]
    next_cursor: str | None


class EvvAnswer(Struct, frozen=True):
    """A page of visits by check-in, oldest first; ``next_cursor`` is ``null`` on the last.

    ``count`` is how many there are in all, up to 100,001. What each field means, ``/api/v1/evv/fields`` tells.
    """

    visits: tuple[EvvVisit, ...]
    count: int
    next_cursor: str | None


class PeopleAnswer(Struct, frozen=True):
    """A page of accounts, by name; ``next_cursor`` is ``null`` on the last."""

    people: tuple[Person, ...]
    next_cursor: str | None


class FleetAnswer(Struct, frozen=True):
    """A page of devices, by name; ``next_cursor`` is ``null`` on the last."""

    devices: tuple[FleetDevice, ...]
    next_cursor: str | None


class ColumnAnswer(Struct, frozen=True):
    """A column of a view: what it holds, what may be asked of it, and how it is written in an address.

    ``operators`` follow the column's name after two lines, `is` alone is the name itself; ``values`` are those of a
    vocabulary; ``shown`` where it is in answers, ``leads`` where a filter by it is answered from an index.
    """

    name: str
    kind: ColumnKind
    label: Words
    means: Words
    unit: Words | None
    operators: tuple[Operator, ...]
    values: tuple[str, ...]
    may_be_empty: bool
    leads: bool
    shown: bool


class ViewAnswer(Struct, frozen=True):
    """A view that may be asked about; ``orders`` are the columns that its rows may be ordered by, the first unasked."""

    name: str
    label: Words
    means: Words
    columns: tuple[ColumnAnswer, ...]
    orders: tuple[str, ...]


class ViewsAnswer(Struct, frozen=True):
    """Every view."""

    views: tuple[ViewAnswer, ...]


class QueryAnswer(Struct, frozen=True):
    """A page of rows, each by its columns' names, moments as ISO 8601 in UTC; ``next_cursor`` is ``null`` on the last.

    ``query`` is the question as its link has it; ``reads_everything`` where no index leads to its rows.
    """

    view: str
    query: str
    reads_everything: bool
    rows: tuple[dict[str, str | int | float | bool | None], ...]
    next_cursor: str | None


class SavedQueriesAnswer(Struct, frozen=True):
    """A reader's own saved queries, and what those of the same role and agency share."""

    saved_queries: tuple[SavedQuery, ...]


class TrailAnswer(Struct, frozen=True):
    """A page of the audit trail, newest first; ``next_cursor`` is ``null`` on the last."""

    entries: tuple[StoredEntry, ...]
    next_cursor: int | None


class TrailLeafAnswer(Struct, frozen=True):
    """The ledger's last leaf that commits to the audit trail; ``null`` before there is one."""

    proven: ProvenLeaf | None


SHAPES: Final = (
    VisitsAnswer,
    NextAnswer,
    VisitDetail,
    CaregiverSummary,
    SubjectsAnswer,
    Authenticity,
    Profile,
    RulesAnswer,
    RuleSetsAnswer,
    Differences,
    MovementsAnswer,
    Calibration,
    TrailAnswer,
    TrailLeafAnswer,
    ViewsAnswer,
    QueryAnswer,
    SavedQuery,
    SavedQueriesAnswer,
    CaseAnswer,
    VisitStepsAnswer,
    CasesAnswer,
    NeighboursAnswer,
    CheckedRecord,
    AcknowledgedAnswer,
    Overview,
    DevicesAnswer,
    EditedVisitAnswer,
    EditsAnswer,
    NotesOfVisitAnswer,
    NotesAnswer,
    SharesAnswer,
    EvvAnswer,
    FieldsAnswer,
    PeopleAnswer,
    Person,
    PersonAnswer,
    FleetAnswer,
    FleetDevice,
    DeviceAnswer,
    HoursAnswer,
    Problem,
)
SECURITY: Final = {
    "bearer": {"type": "http", "scheme": "bearer", "description": "A token of `ingest-server users token`."},
    "session": {"type": "apiKey", "in": "cookie", "name": COOKIE, "description": "The cookie of a log-in."},
}


def answer(content: Struct) -> Response:
    """A struct as JSON."""
    return Response(msgspec.json.encode(content), media_type="application/json")


def documented(shape: type[Struct], *refusals: int) -> Responses:
    """What a route may answer: ``shape``, or a problem document of each status."""
    known = {304: {"description": "What `If-None-Match` names is what is known still; nothing is sent."}}
    return {200: _content(shape, "application/json", shape.__name__)} | known | problems(*refusals)


def a_file(media_type: str, *refusals: int) -> Responses:
    """What a route may answer that sends a file."""
    return {200: {"description": "A file", "content": {media_type: {}}}} | problems(*refusals)


def problems(*statuses: int) -> Responses:
    """Problem documents of the statuses, and of those that every route may answer."""
    return {status: _content(Problem, PROBLEM_TYPE, "Refused") for status in (*statuses, 401, 403, 503)}


def openapi(app: FastAPI) -> dict[str, Any]:
    """The OpenAPI document, with the structs' own schemas."""
    if app.openapi_schema is None:
        document = get_openapi(title=app.title, version=app.version, description=app.description, routes=app.routes)
        _, schemas = msgspec.json.schema_components(SHAPES, ref_template=_REF)
        components = document.setdefault("components", {})
        components["schemas"] = components.get("schemas", {}) | _in_ecma_script(schemas)
        components["securitySchemes"] = SECURITY
        document["security"] = [{name: []} for name in SECURITY]
        app.openapi_schema = document
    return app.openapi_schema


def _content(shape: type[Struct], media_type: str, description: str) -> dict[str, Any]:
    schema = {"$ref": _REF.format(name=shape.__name__)}
    return {"description": description, "content": {media_type: {"schema": schema}}}


def _in_ecma_script(schema: Any) -> Any:  # noqa: ANN401 - any JSON value
    r"""Patterns as JSON Schema reads them: ECMA-262 has no ``\Z``, and its ``$`` already matches at the end alone."""
    if isinstance(schema, dict):
        return {
            key: value.replace(r"\Z", "$") if key == "pattern" and isinstance(value, str) else _in_ecma_script(value)
            for key, value in schema.items()
        }
    return [_in_ecma_script(item) for item in schema] if isinstance(schema, list) else schema

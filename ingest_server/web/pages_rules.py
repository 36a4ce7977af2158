"""The page of what visits are weighed by, for everybody who may log in: the supervised too."""

from collections.abc import Iterator
from itertools import groupby

from fastapi import APIRouter, Depends, Request
from msgspec import Struct
from starlette.responses import HTMLResponse

from ingest_server.rules.rule_set import Rule
from ingest_server.scoring.calibration import Calibration, Row
from ingest_server.scoring.evidence import EVIDENCE
from ingest_server.scoring.verdict import Band
from ingest_server.web.access import AnyViewer, viewer
from ingest_server.web.ids import RuleVersion
from ingest_server.web.parts import GivenParts
from ingest_server.web.rendering import page
from ingest_server.web.rule_differences import shown_differences
from ingest_server.web.rule_reading import rules_answer
from ingest_server.web.rule_words import condition_of, weight_of
from ingest_server.web.rules_tried import differences_answer, movements_answer, rule_sets_answer, shown_movement
from ingest_server.words.bilingual import Words
from ingest_server.words.evidence import said_of_group

router = APIRouter(dependencies=[Depends(viewer)], include_in_schema=False)


class ShownRule(Struct, frozen=True):
    """A rule with its parameters and weight in words."""

    rule: Rule
    condition: Words
    weight: Words


class Source(Struct, frozen=True):
    """A row of the calibration and the least and most that it weighs, whatever the way of faking."""

    row: Row
    lowest_db: float
    highest_db: float


class ShownGroup(Struct, frozen=True):
    """What rests on one sense."""

    words: Words
    rows: tuple[Source, ...]


@router.get("/rules")
def rules(request: Request, viewer: AnyViewer, parts: GivenParts, version: RuleVersion = None) -> HTMLResponse:
    """The live rules and what they rest on, and what each item of evidence was fitted on."""
    with parts.database.reading() as connection:
        found = rules_answer(connection, viewer.scope, version)
        sets = rule_sets_answer(connection, viewer.scope).sets
        differs = differences_answer(connection, viewer.scope, found.version)
        tried = movements_answer(connection, viewer.scope, found.version)
    values = {
        "found": found,
        "sets": sets,
        "differs": shown_differences(differs),
        "tried": [shown_movement(one) for one in (tried.shadow, tried.replay) if one is not None],
        "shown": [ShownRule(rule, condition_of(rule.asks), weight_of(rule)) for rule in found.rules],
        "calibration": parts.calibration,
        "groups": list(_groups(parts.calibration)),
        "bands": tuple(Band),
    }
    return page(request, "rules.html", 200, **values)


def _groups(calibration: Calibration) -> Iterator[ShownGroup]:
    rows = {row.evidence: row for row in calibration.row}
    for group, items in groupby(EVIDENCE, key=lambda item: item.group):
        yield ShownGroup(said_of_group(group), tuple(_source(rows[item.id]) for item in items if item.id in rows))


def _source(row: Row) -> Source:
    weights = [weight for curve in row.weights.values() for weight in curve]
    return Source(row, min(weights, default=0.0), max(weights, default=0.0))

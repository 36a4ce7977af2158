"""What visits are weighed by, as JSON, for everybody who may log in: the supervised too."""

from typing import Annotated

from fastapi import APIRouter, Depends, Path
from starlette.responses import Response

from ingest_server.rules.differences import Differences
from ingest_server.scoring.calibration import Calibration
from ingest_server.web.access import AnyViewer, viewer
from ingest_server.web.answers import answer, documented
from ingest_server.web.ids import ID_PATTERN, RuleVersion
from ingest_server.web.parts import GivenParts
from ingest_server.web.rule_reading import RulesAnswer, rules_answer
from ingest_server.web.rules_tried import (
    MovementsAnswer,
    RuleSetsAnswer,
    differences_answer,
    movements_answer,
    rule_sets_answer,
)

VersionPath = Annotated[str, Path(pattern=ID_PATTERN, description="Version of a rule set.")]

router = APIRouter(prefix="/api/v1", dependencies=[Depends(viewer)], tags=["rules"])


@router.get("/rules", responses=documented(RulesAnswer, 404, 410, 422))
def rules(viewer: AnyViewer, parts: GivenParts, version: RuleVersion = None) -> Response:
    """The live rules: each one's question, what it rests on, its parameters, and what it raises."""
    with parts.database.reading() as connection:
        return answer(rules_answer(connection, viewer.scope, version))


@router.get("/rule-sets", responses=documented(RuleSetsAnswer))
def rule_sets(viewer: AnyViewer, parts: GivenParts) -> Response:
    """Every rule set by state, with who did what to it, when and why; drafts for auditors and administrators alone."""
    with parts.database.reading() as connection:
        return answer(rule_sets_answer(connection, viewer.scope))


@router.get("/rule-sets/{version}/differences", responses=documented(Differences, 404, 410, 422))
def differences(viewer: AnyViewer, parts: GivenParts, version: VersionPath) -> Response:
    """What a rule set asks otherwise than the live one, rule by rule."""
    with parts.database.reading() as connection:
        return answer(differences_answer(connection, viewer.scope, version))


@router.get("/rule-sets/{version}/movements", responses=documented(MovementsAnswer, 404, 422))
def movements(viewer: AnyViewer, parts: GivenParts, version: VersionPath) -> Response:
    """What it would change, by the last shadow run and the last replay; an administrator sees no visit of it."""
    with parts.database.reading() as connection:
        return answer(movements_answer(connection, viewer.scope, version))


@router.get("/calibration", responses=documented(Calibration))
def calibration(parts: GivenParts) -> Response:
    """The table by which new visits are weighed: each row says what it was fitted on."""
    return answer(parts.calibration)

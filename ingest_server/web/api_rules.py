"""What visits are weighed by, as JSON, for everybody who may log in: the supervised too."""

from typing import Annotated

from fastapi import APIRouter, Depends, Query
from starlette.responses import Response

from ingest_server.scoring.calibration import Calibration
from ingest_server.web.access import AnyViewer, viewer
from ingest_server.web.answers import answer, documented
from ingest_server.web.ids import ID_PATTERN
from ingest_server.web.parts import GivenParts
from ingest_server.web.rule_reading import RulesAnswer, rules_answer

Version = Annotated[
    str | None, Query(pattern=ID_PATTERN, description="A rule set that is no draft; the live one unless given.")
]

router = APIRouter(prefix="/api/v1", dependencies=[Depends(viewer)], tags=["rules"])


@router.get("/rules", responses=documented(RulesAnswer, 404, 410, 422))
def rules(viewer: AnyViewer, parts: GivenParts, version: Version = None) -> Response:
    """The live rules: each one's question, what it rests on, its parameters, and what it raises."""
    with parts.database.reading() as connection:
        return answer(rules_answer(connection, viewer.scope, version))


@router.get("/calibration", responses=documented(Calibration))
def calibration(parts: GivenParts) -> Response:
    """The table by which new visits are weighed: each row says what it was fitted on."""
    return answer(parts.calibration)

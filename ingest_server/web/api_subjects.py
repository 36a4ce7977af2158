"""What one subject's visits tell beside its estimate, as JSON."""

from typing import Literal

from fastapi import APIRouter, Depends
from starlette.responses import Response

from ingest_server.authenticity.estimate import Kind
from ingest_server.web.access import EvidenceViewer, evidence_viewer
from ingest_server.web.answers import answer, documented
from ingest_server.web.authenticity import SubjectPath
from ingest_server.web.parts import GivenParts
from ingest_server.web.profile import profile_of
from ingest_server.web.profile_answer import Profile

# A district is looked at in the overview, and has no visits of its own.
Profiled = Literal[Kind.CAREGIVER, Kind.AGENCY, Kind.RECIPIENT, Kind.DEVICE]

router = APIRouter(prefix="/api/v1/profiles", dependencies=[Depends(evidence_viewer)], tags=["evidence"])


@router.get("/{kind}/{subject}", responses=documented(Profile, 403, 404, 422))
def profile(viewer: EvidenceViewer, parts: GivenParts, kind: Profiled, subject: SubjectPath) -> Response:
    """Days, company, items claimed and heard, ways of checking in, cases; of a device its latest records too."""
    return answer(profile_of(parts, viewer.scope, kind, subject))

"""People as JSON: an administrator's list of accounts and what is done about them, and everybody's own."""

from typing import Annotated

from fastapi import APIRouter, Depends, Query, Request
from starlette.responses import Response

from ingest_server.store.people import Person
from ingest_server.web.access import Administrator, OwnViewer, administrator, own_viewer
from ingest_server.web.answers import PeopleAnswer, answer, documented
from ingest_server.web.doing import Doing
from ingest_server.web.ids import AfterName, NamePath
from ingest_server.web.managing import (
    OwnActAsked,
    PasswordAsked,
    PersonActAsked,
    PersonAnswer,
    PersonAsked,
    add_person,
    change_own_password,
    change_person,
    end_own,
)
from ingest_server.web.parts import GivenParts
from ingest_server.web.people_answers import PEOPLE_A_PAGE, people_answer, person_called

MOST_PEOPLE = 200

router = APIRouter(prefix="/api/v1/people", dependencies=[Depends(administrator)], tags=["people"])
own = APIRouter(prefix="/api/v1/me", dependencies=[Depends(own_viewer)], tags=["people"])


@router.get("", responses=documented(PeopleAnswer, 403, 422))
def people(
    parts: GivenParts, cursor: AfterName = None, limit: Annotated[int, Query(ge=1, le=MOST_PEOPLE)] = PEOPLE_A_PAGE
) -> Response:
    """Accounts by name, with what is open of each; no secret is told."""
    return answer(people_answer(parts, cursor, limit))


@router.post("", responses=documented(PersonAnswer, 400, 403, 409, 422))
def add(request: Request, viewer: Administrator, parts: GivenParts, asked: PersonAsked) -> Response:
    """Enter a person; the answer tells a one-time password, once: good for three days, changed at the first log-in."""
    return answer(add_person(Doing(request, parts, viewer), asked))


@router.get("/{person}", responses=documented(Person, 403, 404, 422))
def one(parts: GivenParts, person: NamePath) -> Response:
    """One account."""
    return answer(person_called(parts, person))


@router.post("/{person}/acts", responses=documented(PersonAnswer, 400, 403, 404, 409, 422))
def act(
    request: Request, viewer: Administrator, parts: GivenParts, person: NamePath, asked: PersonActAsked
) -> Response:
    """Disable or enable an account, give it a one-time password, or end what is open; 409 where it was changed."""
    return answer(change_person(Doing(request, parts, viewer), person, asked))


@own.get("", responses=documented(Person))
def me(viewer: OwnViewer, parts: GivenParts) -> Response:
    """Your own account, sessions and tokens."""
    return answer(person_called(parts, viewer.name))


@own.post("/acts", responses=documented(Person, 400, 403, 409, 422))
def end(request: Request, viewer: OwnViewer, parts: GivenParts, asked: OwnActAsked) -> Response:
    """End one session or token of yours, or all but the one that asks."""
    return answer(end_own(Doing(request, parts, viewer), asked))


@own.post("/password", responses=documented(Person, 400, 403, 422, 429))
def password(request: Request, viewer: OwnViewer, parts: GivenParts, asked: PasswordAsked) -> Response:
    """Change your password; every other session of yours is over, tokens stay."""
    return answer(change_own_password(Doing(request, parts, viewer), asked))

"""The pages of people: an administrator's list of accounts, one account, and everybody's own."""

from typing import Annotated

from fastapi import APIRouter, Depends, Form, Request
from msgspec import Struct
from pydantic import ValidationError
from starlette.responses import HTMLResponse, RedirectResponse, Response

from ingest_server.errors import RefusedChangeError, UnnamedAgencyError
from ingest_server.store.passwords import LEAST_PASSWORD, MOST_PASSWORD
from ingest_server.store.sessions import Kind
from ingest_server.vocabulary import Role
from ingest_server.web.access import Administrator, OwnViewer, administrator, own_viewer
from ingest_server.web.doing import SEE_OTHER, Doing
from ingest_server.web.errors import TooManyAttemptsError
from ingest_server.web.ids import AfterName, NamePath
from ingest_server.web.managing import (
    MOST_VERSION,
    OwnActAsked,
    PasswordAsked,
    PersonAct,
    PersonActAsked,
    PersonAnswer,
    PersonAsked,
    add_person,
    change_own_password,
    change_person,
    end_own,
)
from ingest_server.web.own_path import address_of
from ingest_server.web.parts import GivenParts, Parts
from ingest_server.web.people_answers import PEOPLE_A_PAGE, people_answer, person_called
from ingest_server.web.refused import refused_as, status_of
from ingest_server.web.rendering import page
from ingest_server.words.bilingual import Words

Text = Annotated[str, Form(max_length=200)]
Secret = Annotated[str, Form(max_length=2 * MOST_PASSWORD)]

router = APIRouter(prefix="/people", dependencies=[Depends(administrator)], include_in_schema=False)
own = APIRouter(prefix="/me", dependencies=[Depends(own_viewer)], include_in_schema=False)


class TypedPerson(Struct, frozen=True):
    """What somebody typed of a person to be entered."""

    name: str = ""
    role: str = Role.SUPERVISOR
    agency: str = ""


@router.get("")
def people(request: Request, parts: GivenParts, cursor: AfterName = None) -> HTMLResponse:
    """Accounts by name, and the form by which one is added."""
    return _people_page(request, parts, TypedPerson(), cursor=cursor)


@router.post("")
def add(  # noqa: PLR0913, PLR0917 - each is a part of the form
    request: Request,
    viewer: Administrator,
    parts: GivenParts,
    name: Text = "",
    role: Text = "",
    agency: Text = "",
    new_agency: Text = "",
) -> Response:
    """Enter a person and show their first password, or the form again with what was typed and why."""
    typed = TypedPerson(name, role, agency)
    try:
        asked = PersonAsked(
            name=name, role=_role(role), agency=agency, new_agency=bool(agency) and new_agency == agency
        )
        done = add_person(Doing(request, parts, viewer), asked)
    except RefusedChangeError as refused:
        return _people_page(request, parts, typed, refused)
    return _person_page(request, done, added=True)


@router.get("/{person}")
def one(request: Request, parts: GivenParts, person: NamePath) -> HTMLResponse:
    """One account: what is open of it, and what may be done about it."""
    return _person_page(request, PersonAnswer(person_called(parts, person)))


@router.post("/{person}/acts")
def act(  # noqa: PLR0913, PLR0917 - each is a part of the address or the form
    request: Request,
    viewer: Administrator,
    parts: GivenParts,
    person: NamePath,
    does: Annotated[str, Form(max_length=64)],
    seen_version: Annotated[int, Form(ge=0, le=MOST_VERSION)],
) -> Response:
    """Do something about an account; ``does`` is an act, after a colon with the session that it is about."""
    resets = does == PersonAct.RESET_PASSWORD
    try:
        asked = _act(does, seen_version)
        done = change_person(Doing(request, parts, viewer, 200 if resets else SEE_OTHER), person, asked)
    except RefusedChangeError as refused:
        return _person_page(request, PersonAnswer(person_called(parts, person)), refused)
    return _person_page(request, done) if resets else RedirectResponse(f"/people/{person}", SEE_OTHER)


@router.get("/{person}/acts")
def form_of_person(person: NamePath) -> RedirectResponse:
    """Whoever opens the address of a form again is led to the page that it stands on."""
    return RedirectResponse(f"/people/{person}", SEE_OTHER)


@own.get("")
def me(request: Request, viewer: OwnViewer, parts: GivenParts) -> HTMLResponse:
    """Your own account."""
    return _own_page(request, parts, viewer.name)


@own.post("/acts")
def end(request: Request, viewer: OwnViewer, parts: GivenParts, session: Text = "") -> Response:
    """End one session or token of yours, or all but this one."""
    try:
        end_own(Doing(request, parts, viewer, SEE_OTHER), _ending(session))
    except RefusedChangeError as refused:
        return _own_page(request, parts, viewer.name, refused)
    return RedirectResponse("/me", SEE_OTHER)


@own.post("/password")
def password(  # noqa: PLR0913, PLR0917 - each is a part of the form
    request: Request, viewer: OwnViewer, parts: GivenParts, old: Secret = "", new: Secret = "", again: Secret = ""
) -> Response:
    """Change your password; what was typed does not come back, for nobody shall read it from the screen."""
    try:
        if new != again:
            raise RefusedChangeError("the new password was not repeated as it was typed", "两次输入的新密码不一致")
        change_own_password(Doing(request, parts, viewer, SEE_OTHER), PasswordAsked(old=old, new=new))
    except (RefusedChangeError, TooManyAttemptsError) as refused:
        return _own_page(request, parts, viewer.name, refused)
    return RedirectResponse("/me?changed=1", SEE_OTHER)


@own.get("/acts")
@own.get("/password")
def form_of_own() -> RedirectResponse:
    """The same for one's own page."""
    return RedirectResponse("/me", SEE_OTHER)


def _people_page(
    request: Request,
    parts: Parts,
    typed: TypedPerson,
    refused: RefusedChangeError | None = None,
    cursor: str | None = None,
) -> HTMLResponse:
    found = people_answer(parts, cursor, PEOPLE_A_PAGE)
    following = address_of("/people", {"cursor": found.next_cursor}) if found.next_cursor else None
    values = {"found": found, "following": following, "typed": typed, "roles": tuple(Role), "kinds": Kind}
    unnamed = isinstance(refused, UnnamedAgencyError)
    return page(request, "people.html", status_of(refused), **values, refused=refused_as(refused), unnamed=unnamed)


def _person_page(
    request: Request, shown: PersonAnswer, refused: RefusedChangeError | None = None, *, added: bool = False
) -> HTMLResponse:
    values = {"person": shown.person, "given": shown.one_time_password, "added": added}
    return page(request, "person.html", status_of(refused), **values, refused=refused_as(refused))


def _own_page(
    request: Request, parts: Parts, name: str, refused: RefusedChangeError | TooManyAttemptsError | None = None
) -> HTMLResponse:
    status, told = _told(refused)
    person, changed = person_called(parts, name), "changed" in request.query_params
    own_mark = request.state.viewer.secret_hash
    values = {"person": person, "refused": told, "changed": changed, "own_mark": own_mark, "least": LEAST_PASSWORD}
    return page(request, "me.html", status, **values)


def _told(refused: RefusedChangeError | TooManyAttemptsError | None) -> tuple[int, Words | None]:
    if isinstance(refused, TooManyAttemptsError):
        return refused.status, refused.words
    return status_of(refused), refused_as(refused)


def _role(typed: str) -> Role:
    if typed not in set(Role):
        raise RefusedChangeError("there is no such role", "没有这一角色")
    return Role(typed)


def _act(does: str, seen_version: int) -> PersonActAsked:
    act_name, _, session = does.partition(":")
    try:
        return PersonActAsked.model_validate(
            {"act": act_name, "seen_version": seen_version, "session": session or None}
        )
    except ValidationError as cause:
        raise _unknown_act() from cause


def _ending(session: str) -> OwnActAsked:
    try:
        return OwnActAsked(session=session or None)
    except ValidationError as cause:
        raise _unknown_act() from cause


def _unknown_act() -> RefusedChangeError:
    return RefusedChangeError("there is no such act", "没有这一操作")

"""Every page of the app, for tests that look at all of them: those of its route table, fuller ones, and broken ones."""

from collections.abc import Iterator
from typing import Final

from httpx import Response
from playwright.sync_api import Page

from tests.ingest_server.web.conftest import PASSWORD, Web
from tests.ingest_server.web.test_access import cased, filled_in, guarded

READERS: Final = ("auditor", "administrator", "supervisor-a")
REFUSED: Final = 400
Form = tuple[str, dict[str, str]]


def page_routes(web: Web) -> dict[str, str]:
    """The address of every route that is no program's, by its template; each is asked for what agency A has."""
    paths = (path for method, path in guarded(web) if method == "GET" and not path.startswith("/api/"))
    return {path: filled_in(path, web, "agency-a") for path in paths}


def pages_of(web: Web, name: str) -> list[str]:
    """Every page that somebody is shown: by its route, and where another is fuller, that one too."""
    client = web.client(name)
    visits = [f"/visits/{web.visits[kind]}" for kind in ("rich", "long")]
    chosen = "&".join(f"record={cased(web, agency)}" for agency in ("agency-a", "agency-b"))
    fuller = ["/?band=all&work=all", f"/caregivers/{'c' * 64}", f"/cases/new?{chosen}", "/query/trail", *visits]
    fuller += ["/query/cases?c0=state&o0=in&do=add&new=due"]
    found = dict.fromkeys([*page_routes(web).values(), *fuller, "/login"])
    return [path for path in found if is_page(client.get(path))]


def is_page(answer: Response) -> bool:
    """Whether it is a whole page: no file, no way on, no refusal, and not what a script puts into another page."""
    return bool(answer.status_code == 200 and answer.text.lstrip().startswith("<!DOCTYPE html>"))


def broken_pages(web: Web, page: Page, address: str, name: str) -> Iterator[str]:
    """Bring a browser, which somebody is logged in with, to pages that refuse; each by what it was asked for."""
    for path in (
        "/nowhere",
        "/visits/none",
        "/overview?agency=nowhere",
        "/evv?from=soon",
        "/query/visits?band__in=none",
    ):
        answer = page.goto(address + path)
        assert answer is not None
        assert answer.status >= REFUSED, path
        yield path
    for path, fields in forms_of(web, name):
        page.goto(f"{address}/me")
        send(page, path, fields)
        yield f"{path} {fields}"
    page.context.clear_cookies()
    send(page, f"/visits/{web.visits['rich']}/steps", {"does": "take", "seen_version": "0", "note": "typed"})
    yield "a form whose session is over"


def forms_of(web: Web, name: str) -> tuple[Form, ...]:
    """Forms that are refused whoever sends them, and write nothing."""
    own: Form = ("/me/password", {"old": PASSWORD, "new": "short", "again": "short"})
    if name == "administrator":
        return (own, ("/people", {"name": "auditor", "role": "auditor"}))
    visit = f"/visits/{web.visits['rich']}"
    return (
        own,
        ("/cases/new", {"does": "open"}),
        (f"{visit}/steps", {"does": "close:irregular", "seen_version": "0", "note": ""}),
        (f"{visit}/edits", {"codes": "", "seen_version": "0", "note": "typed"}),
        ("/query/saved", {"name": "", "view": "visits", "query": "band__in=hold"}),
        ("/query/saved/1", {"does": "change", "name": "", "view": "visits"}),
    )


def send(page: Page, path: str, fields: dict[str, str]) -> None:
    """Send a form that is refused from the page that a browser is on."""
    with page.expect_navigation() as answered:
        page.evaluate(
            """([path, fields]) => {
                const form = Object.assign(document.createElement("form"), { method: "post", action: path });
                for (const [name, value] of Object.entries(fields)) {
                    form.append(Object.assign(document.createElement("input"), { type: "hidden", name, value }));
                }
                document.body.append(form);
                form.submit();
            }""",
            [path, fields],
        )
    assert answered.value.status >= REFUSED, path

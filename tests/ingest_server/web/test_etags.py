"""A program that asks again is sent nothing where nothing changed, and is in the trail all the same."""

import pytest

from tests.ingest_server.web.conftest import Web


def test_what_is_known_still_is_not_sent_again(web: Web) -> None:
    client, path = web.client("auditor"), f"/api/v1/visits/{web.visits['rich']}"
    first = client.get(path)
    again = client.get(path, headers={"If-None-Match": first.headers["etag"]})
    assert (again.status_code, again.content) == (304, b"")
    assert again.headers["etag"] == first.headers["etag"]
    assert "content-length" not in again.headers
    newest = client.get("/api/v1/trail?limit=1").json()["entries"][0]["entry"]
    assert (newest["about"], newest["status"]) == (path, 304)


@pytest.mark.parametrize("header", ['"another"', "", "nonsense", '"a", W/"b"'])
def test_what_is_not_known_is_sent(web: Web, header: str) -> None:
    answer = web.client("auditor").get("/api/v1/visits", headers={"If-None-Match": header})
    assert answer.status_code == 200
    assert answer.json()["visits"]


def test_tag_changes_with_what_is_answered(web: Web) -> None:
    one, other = (web.client(name).get("/api/v1/visits").headers["etag"] for name in ("supervisor-a", "supervisor-b"))
    assert one != other


@pytest.mark.parametrize("path", ["/", "/api/v1/visits/none", "/healthz"])
def test_pages_and_refusals_have_no_tag(web: Web, path: str) -> None:
    assert "etag" not in web.client("auditor").get(path).headers


def test_tag_of_somebody_who_may_see_it_tells_another_nothing(web: Web) -> None:
    path = f"/api/v1/visits/{web.visits['b_rich']}"
    tag = web.client("auditor").get(path).headers["etag"]
    assert web.client("supervisor-a").get(path, headers={"If-None-Match": tag}).status_code == 404

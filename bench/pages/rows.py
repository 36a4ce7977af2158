"""Real rows of the store, by which what routes ask for is filled in: asked of the API, as a viewer sees them."""

import random
from datetime import UTC, datetime, timedelta
from itertools import cycle
from typing import Any

import httpx

from ingest_server.authenticity.estimate import Kind
from ingest_server.scoring.verdict import Band

A_LIST, SUBJECTS = 60, 12
A_MONTH = timedelta(days=30)
Row = dict[str, str]


def rows_of(api: httpx.Client) -> list[Row]:
    """Visits of every band with whose they are, each beside a subject of some kind, and a case if there is any.

    Whoever sees no visits has the devices and the people instead.
    """
    visits = [_visit(one) for band in Band for one in _listed(api, "visits", band=band)]
    # Of all together no newest ones come first, as they would one band after the other.
    random.Random(1).shuffle(visits)
    cases = [{"case": str(case["case"])} for case in _listed(api, "cases")]
    subjects = [subject for kind in Kind for subject in _subjects(api, kind)]
    devices = [{"device": str(one["device"])} for one in _listed(api, "devices")]
    people = [{"person": str(one["name"])} for one in _listed(api, "people")]
    always, beside = _always(api), [cycle(some or [{}]) for some in (cases, subjects, people)]
    rows = zip(visits or devices, *beside, strict=False)
    return [always | row | case | subject | person for row, case, subject, person in rows]


def _always(api: httpx.Client) -> Row:
    today = datetime.now(UTC)
    versions = _answered(api, "/api/v1/rule-sets", "sets", {})
    month = {"from": (today - A_MONTH).date().isoformat(), "to": today.date().isoformat()}
    return month | ({"version": str(versions[0]["version"])} if versions else {})


def _listed(api: httpx.Client, name: str, **asked: str) -> list[dict[str, Any]]:
    return _answered(api, f"/api/v1/{name}", name, {"limit": str(A_LIST), **asked})


def _subjects(api: httpx.Client, kind: Kind) -> list[Row]:
    """Those with most money at risk, who mostly have most visits too."""
    found = _answered(api, f"/api/v1/authenticity/{kind}", "subjects", {"order": "at_risk", "limit": str(SUBJECTS)})
    return [{"kind": kind, "subject": str(line["subject"])} for line in found]


def _answered(api: httpx.Client, address: str, name: str, asked: dict[str, str]) -> list[dict[str, Any]]:
    answer = api.get(address, params=asked)
    if answer.status_code == httpx.codes.FORBIDDEN:
        return []
    answer.raise_for_status()
    found: list[dict[str, Any]] = answer.json()[name]
    return found


def _visit(visit: dict[str, Any]) -> Row:
    return {name: str(visit[name]) for name in ("visit", "caregiver", "agency", "recipient", "device")}

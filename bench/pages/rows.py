"""Real rows of the store, by which the parameters of routes are filled: asked of the API, as a viewer sees them."""

import random
from itertools import cycle
from typing import Any

import httpx

from ingest_server.authenticity.estimate import Kind
from ingest_server.scoring.verdict import Band

A_LIST = 60
Row = dict[str, str]


def rows_of(api: httpx.Client) -> list[Row]:
    """Visits of every band with whose they are, each beside a kind of subject, and a case if there is any."""
    visits = [visit for band in Band for visit in _listed(api, "visits", band=band)]
    # Of all together no newest ones come first, as they would one band after the other.
    random.Random(1).shuffle(visits)
    cases = [{"case": str(case["case"])} for case in _listed(api, "cases")] or [{}]
    return [_row(visit, kind) | case for visit, kind, case in zip(visits, cycle(Kind), cycle(cases), strict=False)]


def _listed(api: httpx.Client, name: str, **asked: str) -> list[dict[str, Any]]:
    answer = api.get(f"/api/v1/{name}", params={"limit": str(A_LIST), **asked})
    answer.raise_for_status()
    found: list[dict[str, Any]] = answer.json()[name]
    return found


def _row(visit: dict[str, Any], kind: Kind) -> Row:
    names = ("visit", "caregiver", "agency", "recipient", "device")
    return {name: str(visit[name]) for name in names} | {"kind": kind, "subject": str(visit[kind])}

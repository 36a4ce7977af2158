"""Real rows of the store, by which the parameters of routes are filled: asked of the API, as a viewer sees them."""

import random
from itertools import cycle
from typing import Any

import httpx

from ingest_server.authenticity.estimate import Kind
from ingest_server.scoring.verdict import Band

A_LIST, SUBJECTS = 60, 12
Row = dict[str, str]


def rows_of(api: httpx.Client) -> list[Row]:
    """Visits of every band with whose they are, each beside a subject of some kind, and a case if there is any."""
    visits = [visit for band in Band for visit in _listed(api, "visits", band=band)]
    # Of all together no newest ones come first, as they would one band after the other.
    random.Random(1).shuffle(visits)
    cases = [{"case": str(case["case"])} for case in _listed(api, "cases")] or [{}]
    subjects = [subject for kind in Kind for subject in _subjects(api, kind)] or [{}]
    return [
        _row(visit) | subject | case
        for visit, subject, case in zip(visits, cycle(subjects), cycle(cases), strict=False)
    ]


def _listed(api: httpx.Client, name: str, **asked: str) -> list[dict[str, Any]]:
    return _answered(api, f"/api/v1/{name}", name, {"limit": str(A_LIST), **asked})


def _subjects(api: httpx.Client, kind: Kind) -> list[Row]:
    """Those with most money at risk, who mostly have most visits too."""
    found = _answered(api, f"/api/v1/authenticity/{kind}", "subjects", {"order": "at_risk", "limit": str(SUBJECTS)})
    return [{"kind": kind, "subject": str(line["subject"])} for line in found]


def _answered(api: httpx.Client, address: str, name: str, asked: dict[str, str]) -> list[dict[str, Any]]:
    answer = api.get(address, params=asked)
    answer.raise_for_status()
    found: list[dict[str, Any]] = answer.json()[name]
    return found


def _row(visit: dict[str, Any]) -> Row:
    return {name: str(visit[name]) for name in ("visit", "caregiver", "agency", "recipient", "device")}

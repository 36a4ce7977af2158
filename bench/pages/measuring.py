"""One run: a supervisor and an auditor ask all that may be asked, the queue's steps are taken, a crowd clicks."""

import asyncio
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import cycle, islice
from typing import Any

import httpx

from bench.pages.actions import actions
from bench.pages.city_store import ADMINISTRATOR, People
from bench.pages.crowd import Crowd, crowd
from bench.pages.questions import Question, questions
from bench.pages.rows import Row, rows_of
from bench.pages.timing import Timed
from ingest_server.scoring.verdict import Band
from sim.demo.service import LogIn, Service
from sim.errors import DemoError

BASELINE = Question("/healthz")
# A file may hold all visits of a city: it is fetched so often, by one who may, and has no aim.
FILES = 1
TIMEOUT_S = 120.0
Tell = Callable[[str], None]


@dataclass(frozen=True)
class Size:
    """How much is asked."""

    plainly: int = 40
    """Requests of each route without a query."""
    each_choice: int = 20
    """Requests with each choice of a query."""
    decided: int = 20
    """Visits on which every step is taken."""
    supervisors: int = 8
    """Agencies whose supervisors the crowd is."""
    crowd: int = 50
    """People who click at once."""
    clicks: int = 20
    """Clicks of each of them."""
    pause_s: float = 1.0
    """Between two clicks of one person, where they read what they clicked for."""


@dataclass(frozen=True)
class Seen:
    """Answers by who asked and what; ``unfilled`` are routes with a parameter that no row has a value for."""

    baseline: Timed
    answers: Mapping[tuple[str, Question], Timed]
    unfilled: Sequence[Question]


@dataclass
class Found:
    """Everything that was measured."""

    seen: Seen
    steps: Mapping[str, Timed]
    crowds: dict[str, Crowd] = field(default_factory=dict)


def measure(service: Service, people: People, size: Size, tell: Tell) -> Found:
    """Everything, in an order that leaves cases for the pages of cases.

    Raises:
        DemoError: nobody can log in, or there is nothing to look at.
    """
    auditor = _browser(service, people.add("auditor"))
    agencies = _agencies(auditor)
    supervisors = [people.add("supervisor", agency) for agency in agencies[: size.supervisors]]
    supervisor = _browser(service, supervisors[0])
    tell("the queue's steps")
    steps = actions(supervisor, _queue(supervisor, size.decided))
    browsers = {"supervisor": supervisor, "auditor": auditor}
    browsers |= {ADMINISTRATOR: _browser(service, people.add(ADMINISTRATOR))}
    seen = ask_all(browsers, size, tell)
    found = Found(seen, steps)
    for name, pause_s in (("without a pause", 0.0), (f"a click every {size.pause_s:g} s each", size.pause_s)):
        tell(f"{size.crowd} people, {name}")
        together = list(islice(cycle(supervisors), size.crowd))
        found.crowds[name] = asyncio.run(crowd(service.address, together, size.clicks, pause_s))
    return found


def ask_all(browsers: Mapping[str, httpx.Client], size: Size, tell: Tell) -> Seen:
    """Every question by everybody who may ask it; by an administrator what is theirs alone."""
    rows = {who: rows_of(browser) for who, browser in browsers.items()}
    baseline, answers, unfilled = Timed(), dict[tuple[str, Question], Timed](), list[Question]()
    for question in questions():
        tell(f"{question.route} {question.query}")
        found: dict[tuple[str, Question], Timed] = {}
        for who, browser in browsers.items():
            filled = [row for row in rows[who] if question.names <= row.keys()]
            if not filled or (found and who == ADMINISTRATOR) or any(timed.is_file for timed in found.values()):
                continue
            baseline.add(lambda browser=browser: browser.get(BASELINE.route))  # type: ignore[misc]
            timed = _asked(browser, question, filled, size)
            if httpx.codes.FORBIDDEN not in timed.refused:
                found[who, question] = timed
        answers |= found
        unfilled += [] if found else [question]
    return Seen(baseline, answers, unfilled)


def _asked(browser: httpx.Client, question: Question, rows: Sequence[Row], size: Size) -> Timed:
    timed = Timed()
    for row in islice(cycle(rows), size.each_choice if question.query else size.plainly):
        address = question.address(row)
        timed.add(lambda address=address: browser.get(address))  # type: ignore[misc]
        if timed.refused or (timed.is_file and len(timed.took_ms) == FILES):
            break
    return timed


def _browser(service: Service, person: LogIn) -> httpx.Client:
    browser = httpx.Client(
        base_url=service.address, headers={"Origin": service.address}, trust_env=False, timeout=TIMEOUT_S
    )
    answer = browser.post("/login", data={"name": person.name, "password": person.password})
    if not answer.is_redirect:
        raise DemoError(f"{person.name} could not log in: the server answers {answer.status_code}")
    return browser


def _agencies(auditor: httpx.Client) -> list[str]:
    """Those with most money at risk first."""
    answer = auditor.get("/api/v1/authenticity/agency", params={"order": "at_risk"})
    answer.raise_for_status()
    found = [str(line["subject"]) for line in answer.json()["subjects"]]
    if not found:
        raise DemoError("there is no visit in this store; take some in first: `ingest-server intake`")
    return found


def _queue(browser: httpx.Client, most: int) -> list[str]:
    """Visits that wait and that nobody has taken: held ones first, credible ones where a small city has no others."""

    def taken(visit: dict[str, Any]) -> bool:
        return visit["work"] is not None and visit["work"]["assignee"] is not None

    def waiting() -> Iterator[str]:
        for band in (Band.HOLD, Band.REVIEW, Band.CREDIBLE):
            asked = {"band": band, "work": "waiting", "limit": "200"}
            answer = browser.get("/api/v1/visits", params=asked)
            answer.raise_for_status()
            yield from (visit["visit"] for visit in answer.json()["visits"] if not taken(visit))

    return list(islice(waiting(), most))

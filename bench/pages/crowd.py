"""People who click at once: each goes from the queue to a visit, decides, and on to the next, for so many clicks."""

import asyncio
import random
import re
import time
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from html import unescape

import httpx

from bench.pages.actions import filled
from bench.pages.forms import form_that
from sim.demo.service import LogIn
from sim.errors import DemoError

_VISIT = re.compile(r'href="(/visits/[^"#]+)"')
TIMEOUT_S = 60.0
STEPS = ("take", "snooze", "close:false_alarm")
# Told that somebody else decided first: the answer that two who decide at once are to get.
CHANGED_MEANWHILE = 409


@dataclass
class Crowd:
    """What a crowd met; ``told`` counts those who came second to a decision, ``errors`` everything else that failed."""

    took_ms: list[float] = field(default_factory=list)
    told: int = 0
    errors: Counter[str] = field(default_factory=Counter)
    seconds: float = 0.0


async def crowd(address: str, people: Sequence[LogIn], clicks: int, pause_s: float) -> Crowd:
    """Everybody logs in, and then all click at once; between two clicks of one person passes ``pause_s`` or so."""
    met = Crowd()
    walkers = [_Walker(address, person, number, met) for number, person in enumerate(people)]
    try:
        for walker in walkers:
            await walker.log_in()
        began_s = time.perf_counter()
        await asyncio.gather(*(walker.walk(clicks, pause_s) for walker in walkers))
        met.seconds = time.perf_counter() - began_s
    finally:
        for walker in walkers:
            await walker.leave()
    return met


class _Walker:
    def __init__(self, address: str, person: LogIn, number: int, met: Crowd) -> None:
        self._person = person
        self._rng = random.Random(number)
        self._met = met
        # The machine's proxy settings must not carry loopback traffic away.
        self._browser = httpx.AsyncClient(
            base_url=address, headers={"Origin": address}, trust_env=False, timeout=TIMEOUT_S
        )

    async def log_in(self) -> None:
        sent = {"name": self._person.name, "password": self._person.password}
        answer = await self._browser.post("/login", data=sent)
        if not answer.is_redirect:
            raise DemoError(f"{self._person.name} could not log in: the server answers {answer.status_code}")

    async def leave(self) -> None:
        await self._browser.aclose()

    async def walk(self, clicks: int, pause_s: float) -> None:
        asked: httpx.Request | None = None
        for _ in range(clicks):
            answer = await self._click(asked or self._browser.build_request("GET", "/"))
            asked = None if answer is None else self._further(answer)
            if pause_s:
                await asyncio.sleep(pause_s * self._rng.uniform(0.5, 1.5))

    async def _click(self, request: httpx.Request) -> httpx.Response | None:
        began_s = time.perf_counter()
        try:
            answer = await self._browser.send(request)
        except httpx.HTTPError as failure:
            self._met.errors[type(failure).__name__] += 1
            return None
        self._met.took_ms.append(1000 * (time.perf_counter() - began_s))
        if answer.status_code == CHANGED_MEANWHILE:
            self._met.told += 1
        elif answer.is_error:
            self._met.errors[str(answer.status_code)] += 1
        return answer

    def _further(self, answer: httpx.Response) -> httpx.Request | None:
        """The next click: on a visit of the queue, on a step that it offers, and then on to the next visit."""
        if answer.is_redirect:
            return self._after(answer)
        if answer.is_error:
            return None
        if answer.request.url.path == "/":
            visits = sorted(set(_VISIT.findall(answer.text)))
            return self._get(unescape(self._rng.choice(visits))) if visits else None
        return self._decision(answer)

    def _after(self, answer: httpx.Response) -> httpx.Request:
        """Whoever decided goes on to the next; whoever asked for the next is led there."""
        record = answer.request.url.params.get("record")
        if answer.request.method == "POST" and record is not None:
            return self._get(f"/next?after={record}")
        return self._get(answer.headers["location"])

    def _decision(self, answer: httpx.Response) -> httpx.Request | None:
        does = self._rng.choice(STEPS)
        form = form_that(answer.text, does)
        if form is None:
            return None
        return self._browser.build_request("POST", form.action, data=filled(form, does))

    def _get(self, address: str) -> httpx.Request:
        return self._browser.build_request("GET", address)

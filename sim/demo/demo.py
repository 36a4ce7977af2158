"""The demo from start to end."""

import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from datetime import UTC, datetime

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

from edge_agent.perception.model_store import ModelStore
from sim.demo.at_home import at_home, forget
from sim.demo.children import child
from sim.demo.fleet import Fleet
from sim.demo.ground import prepare
from sim.demo.invitation import invitation
from sim.demo.service import LogIn, Service
from sim.demo.settings import DemoSettings
from sim.demo.staged_health import staged_health
from sim.demo.table import Judged, verdict_table
from sim.demo.visits import LivedVisit, live_all, lived_homes, stage_demo
from sim.history.month import month_of_visits
from sim.staging.visits import StagedVisit
from sim.staging.world import Home, World, build_world


class Demo:
    """Everything that a demo stages and starts."""

    def __init__(self, settings: DemoSettings, console: Console) -> None:
        self._settings = settings
        self._console = console
        self._world = build_world(settings.seed)
        self._health = staged_health(self._world.homes, lived_homes(self._world))
        self._service = Service(settings.folder / "server", f"http://127.0.0.1:{settings.web_port}")
        models = ModelStore.open(settings.registry).hashes()
        self._fleet = Fleet(settings.folder / "devices", settings.broker, models)
        self._people = (
            LogIn("auditor", "auditor"),
            LogIn("administrator", "administrator"),
            *(LogIn(f"supervisor-{agency[-1]}", "supervisor", agency) for agency in self._world.agencies),
        )

    def run(self) -> bool:
        """Stage, live and judge; whether every lived visit was judged rightly.

        Raises:
            DemoError: something that the demo needs is not to be had.
            EdgeError: a device cannot work.
        """
        prepare(self._settings)
        with self._programs():
            self._enrol()
            self._send_history()
            with at_home(self._fleet, self._world.homes, self._health):
                judged = self._judge(self._live())
                self._console.print(verdict_table(judged))
                if not self._settings.once:
                    self._invite()
        return all(one.rightly for one in judged)

    @contextmanager
    def _programs(self) -> Iterator[None]:
        settings, logs = self._settings, self._settings.folder
        with ExitStack() as programs:
            if settings.broker_url is None:
                arguments = ["sim.broker", str(settings.broker_port)]
                programs.enter_context(child(arguments, logs / "broker.log", settings.broker_port))
            else:
                # Once the server is gone, to which it would be one more word.
                programs.callback(forget, settings.broker_url, self._world.homes)
            run = ["ingest_server", "run", "--broker", settings.broker, "--port", str(settings.web_port)]
            # One person looks: a second process would be a second wait.
            run += ["--page-processes", "1"]
            where = ["--data-dir", str(self._service.data_dir)]
            programs.enter_context(child([*run, *where], logs / "server.log", settings.web_port))
            yield

    def _enrol(self) -> None:
        identities = self._fleet.enrol(self._world, self._service.public_key())
        requests = [identity.enrolment_request for identity in identities]
        self._service.enrol(requests, self._settings.folder / "enrolments.jsonl")
        for person in self._people:
            self._service.add_person(person)

    def _send_history(self) -> None:
        history = _history(self._world, self._settings.seed)
        total = sum(len(visits) for _, visits in history)
        agencies = len(self._world.agencies)
        with self._progress() as progress:
            bar = progress.add_task(f"一个月历史 · a month of {agencies} agencies, signed and sent", total=total)
            self._fleet.send_history(history, lambda count: progress.advance(bar, count))

    def _live(self) -> list[LivedVisit]:
        staged = stage_demo(self._world, self._settings.seed, time.time_ns() // 1_000_000)
        folders = [self._fleet.home_folder(visit.plan.home) for visit in staged]
        with self._progress() as progress:
            bar = progress.add_task("真实感知 · hours lived through the real perception", total=len(staged))
            return live_all(staged, folders, self._settings.registry, lambda _visit: progress.advance(bar))

    def _judge(self, lived: list[LivedVisit]) -> list[Judged]:
        token = self._service.token(self._people[0])
        return [
            Judged(visit.visit, visit.staged.truth, self._service.visit(visit.visit, token)["verdict"])
            for visit in lived
        ]

    def _invite(self) -> None:
        for line in invitation(self._service.address, self._people, self._health):
            self._console.print(line, soft_wrap=True)
        try:
            while True:
                time.sleep(3600)
        except KeyboardInterrupt:
            self._console.print("再见 · Good-bye.")

    def _progress(self) -> Progress:
        columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
        return Progress(*columns, console=self._console)


def _history(world: World, seed: int) -> list[tuple[Home, list[StagedVisit]]]:
    return list(month_of_visits(world, seed, datetime.now(UTC)))

"""The demo from start to end."""

import shutil
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

from edge_agent.perception.model_store import ModelStore
from sim.demo.children import answers, child, require_free
from sim.demo.fleet import Fleet
from sim.demo.service import LogIn, Service
from sim.demo.table import Judged, verdict_table
from sim.demo.visits import LivedVisit, live_all, stage_demo
from sim.errors import DemoError
from sim.history.month import month_of_visits
from sim.staging.visits import StagedVisit
from sim.staging.world import Home, World, build_world
from visit_record.broker import parse_broker
from visit_record.errors import BrokerAddressError

MARK = "carewitness-demo"


@dataclass(frozen=True)
class DemoSettings:
    """What a demo is asked for."""

    folder: Path
    """Folder that the demo may empty and fill."""
    registry: Path
    """Model registry of the devices."""
    broker_url: str | None
    """A broker that runs already; one of our own is started where there is none."""
    broker_port: int
    """TCP port of our own broker."""
    web_port: int
    """TCP port of the pages."""
    seed: int
    """Seed of everything staged."""
    once: bool
    """End with the table, instead of serving until interrupted."""


class Demo:
    """Everything that a demo stages and starts."""

    def __init__(self, settings: DemoSettings, console: Console) -> None:
        self._settings = settings
        self._console = console
        self._world = build_world(settings.seed)
        self._broker_url = settings.broker_url or f"mqtt://127.0.0.1:{settings.broker_port}"
        self._service = Service(settings.folder / "server", f"http://127.0.0.1:{settings.web_port}")
        models = ModelStore.open(settings.registry).hashes()
        self._fleet = Fleet(settings.folder / "devices", self._broker_url, models)
        self._people = (
            LogIn("auditor", "auditor"),
            *(LogIn(f"supervisor-{agency[-1]}", "supervisor", agency) for agency in self._world.agencies),
        )

    def run(self) -> bool:
        """Stage, live and judge; whether every lived visit was judged rightly.

        Raises:
            DemoError: something that the demo needs is not to be had.
            EdgeError: a device cannot work.
        """
        self._prepare()
        with self._programs():
            self._enrol()
            self._send_history()
            judged = self._judge(self._live())
            self._console.print(verdict_table(judged))
            if not self._settings.once:
                self._invite()
        return all(one.rightly for one in judged)

    def _prepare(self) -> None:
        require_free(self._settings.web_port, "WEB_PORT=…")
        if self._settings.broker_url is None:
            require_free(self._settings.broker_port, "BROKER_PORT=…")
        else:
            _require_broker(self._settings.broker_url)
        _make_empty(self._settings.folder)

    @contextmanager
    def _programs(self) -> Iterator[None]:
        settings, logs = self._settings, self._settings.folder
        with ExitStack() as programs:
            if settings.broker_url is None:
                arguments = ["sim.broker", str(settings.broker_port)]
                programs.enter_context(child(arguments, logs / "broker.log", settings.broker_port))
            run = ["ingest_server", "run", "--broker", self._broker_url, "--port", str(settings.web_port)]
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

            def lived(visit: LivedVisit) -> None:
                self._fleet.drain(visit.staged.plan.home)
                progress.advance(bar)

            return live_all(staged, folders, self._settings.registry, lived)

    def _judge(self, lived: list[LivedVisit]) -> list[Judged]:
        token = self._service.token(self._people[0])
        return [
            Judged(visit.visit, visit.staged.truth, self._service.visit(visit.visit, token)["verdict"])
            for visit in lived
        ]

    def _invite(self) -> None:
        self._console.print(f"\n打开 · Open [bold]{self._service.address}[/]")
        for person in self._people:
            self._console.print(f"  {person.role} {person.agency or ''}: {person.name} / {person.password}")
        self._console.print("Ctrl-C 结束 · ends everything.")
        try:
            while True:
                time.sleep(3600)
        except KeyboardInterrupt:
            self._console.print("再见 · Good-bye.")

    def _progress(self) -> Progress:
        columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
        return Progress(*columns, console=self._console)


def _make_empty(folder: Path) -> None:
    """Begin anew where an earlier demo left its files; a folder of anything else is not ours to empty."""
    mark = folder / MARK
    try:
        if folder.exists() and any(folder.iterdir()) and not mark.exists():
            raise DemoError(f"{folder} holds files of something else; name another folder")
        if folder.exists():
            shutil.rmtree(folder)
        (folder / "devices").mkdir(parents=True)
        mark.touch()
    except OSError as cause:
        raise DemoError(f"cannot make {folder}: {cause.strerror}; name another folder") from cause


def _history(world: World, seed: int) -> list[tuple[Home, list[StagedVisit]]]:
    return list(month_of_visits(world, seed, datetime.now(UTC)))


def _require_broker(url: str) -> None:
    try:
        broker = parse_broker(url)
    except BrokerAddressError as cause:
        raise DemoError(str(cause)) from cause
    if not answers(broker.host, broker.port):
        raise DemoError(f"no broker answers at {broker}; start it, or leave BROKER out")

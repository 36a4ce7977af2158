"""A visit that is lived now, with the sensors that are fitted; a terminal stands in for the kiosk."""

import signal
import sys
from collections.abc import Generator, Iterable, Iterator, Sequence
from contextlib import closing, contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import typer

from edge_agent.errors import SettingsError
from visit_record.bilingual import Words

if TYPE_CHECKING:
    from edge_agent.actions import VisitEvent
    from edge_agent.ended_visit import SealedVisit
    from edge_agent.expected_visit import ExpectedVisit
    from edge_agent.ports import Sensor
    from edge_agent.readings import Reading
    from edge_agent.roster import Roster
    from edge_agent.running import Running
    from edge_agent.settings import Settings
    from edge_agent.supervision.gathering import LiveGathering
    from edge_agent.timeline import Happening
    from edge_agent.witness_ports import Gather

_NOTHING_FITTED = Words(
    "没有安装任何传感器，请在设置中加入 [camera]、[microphone]、[thermal] 或 [position]，写法见 docs/sensors.md",
    "nothing is fitted: add [camera], [microphone], [thermal] or [position] to the settings, as docs/sensors.md has "
    "them",
)


def check_fitted(settings: "Settings", path: Path) -> None:
    """A visit that no part could witness is not begun.

    Raises:
        SettingsError: no sensor has a section.
    """
    if not settings.is_fitted:
        raise SettingsError(f"{path}: {_NOTHING_FITTED.en}", f"{path}：{_NOTHING_FITTED.zh}")


def live(device: "Running", roster: "Roster", visit: "ExpectedVisit") -> "SealedVisit":
    """Live a visit from now on, until somebody types that they go, or the program is asked to end.

    Records and health travel meanwhile, where a broker is set. The pulse beats with whatever happens, if only that time
    passes: twice a second.
    """
    from dataclasses import replace

    from edge_agent.bootstrap.sending import carrying
    from edge_agent.bootstrap.telling import metrics
    from edge_agent.bootstrap.witnessing import build_gathering, build_live_witness
    from edge_agent.health import sensor_health
    from edge_agent.sensors.live import fitted

    settings, identity, outbox = device.settings, device.identity, device.outbox
    gathering = build_gathering(settings)
    witness = device.ready(build_live_witness(settings, identity, outbox, roster, gathering))
    telling = replace(witness, gather=_telling(gathering.gather))
    check = replace(device.check, sensors=lambda: sensor_health(gathering.statuses()))
    witness.load(visit.check_in(0))
    device.pulse.ready()
    with (
        metrics(settings, check),
        carrying(settings, identity, outbox, check),
        _ended_by_signals(gathering),
        device.pulse.visit(),
    ):
        return telling.witness(list(fitted(settings)), _people(visit), lambda _at_ms: device.lived())


def _people(visit: "ExpectedVisit") -> "Iterator[VisitEvent]":
    from edge_agent.sensors.monotonic import monotonic_ms
    from edge_agent.typed_actions import HOW, actions

    yield visit.check_in(monotonic_ms())
    typer.echo(f"已签到，请输入 checked in, type: {HOW}", err=True)
    yield from actions(
        sys.stdin, monotonic_ms, lambda typed: typer.echo(f"看不懂 not understood: {typed}; {HOW}", err=True)
    )


def _telling(gather: "Gather") -> "Gather":
    """The same, and each turn of a part is said in words."""
    from edge_agent.supervision.words import said_of
    from edge_agent.timeline import SensorTurned

    def gathered(
        events: "Iterable[VisitEvent]", sensors: "Sequence[Sensor[Reading]]", starts_at_ms: int
    ) -> "Generator[Happening, None, None]":
        with closing(gather(events, sensors, starts_at_ms)) as happenings:
            for happening in happenings:
                if isinstance(happening, SensorTurned):
                    said = said_of(happening.part, happening.state, happening.fault)
                    typer.echo(f"{said.zh} {said.en}", err=True)
                yield happening

    return gathered


@contextmanager
def _ended_by_signals(gathering: "LiveGathering") -> Iterator[None]:
    """A program that is told to end seals what it saw, as an interrupted visit."""
    asked = (signal.SIGTERM, signal.SIGHUP, signal.SIGINT)
    before = {one: signal.signal(one, lambda *_: gathering.end()) for one in asked}
    try:
        yield
    finally:
        for one, handler in before.items():
            signal.signal(one, handler)

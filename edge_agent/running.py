"""A device at work for one command: alone in its folder, what was cut before is sealed, its house is kept."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING

import typer

if TYPE_CHECKING:
    from edge_agent.every import Every
    from edge_agent.health import HealthCheck
    from edge_agent.identity import Identity
    from edge_agent.latencies import Latencies
    from edge_agent.left_open import LeftOpen
    from edge_agent.outbox import Outbox, WaitingRecord
    from edge_agent.pulse import Pulse
    from edge_agent.settings import Settings
    from edge_agent.witness import Witness


@dataclass(frozen=True)
class Running:
    """What a command has at hand while its device is at work."""

    settings: "Settings"
    identity: "Identity"
    outbox: "Outbox"
    house: "Every"
    latencies: "Latencies"
    check: "HealthCheck"
    pulse: "Pulse"
    left_open: "LeftOpen"

    def lived(self) -> None:
        """Work goes on: say so, keep the house and seal what was left open, if it is time."""
        self.pulse.beat()
        self.house.look()
        self.left_open.look()

    def ready(self, witness: "Witness", cut: "Callable[[WaitingRecord], None]" = lambda _record: None) -> "Witness":
        """The same witness with its senses timed, after it has sealed what a program before this one could not end.

        What the disk does not take is tried again while the device is at work. ``cut`` is told of each record.

        Raises:
            OutboxError: the outbox cannot be read.
        """
        from edge_agent.bootstrap.witnessing import timed
        from edge_agent.recovery import seal_cut_visits

        def tell(record: "WaitingRecord") -> None:
            _tell_cut(record)
            cut(record)

        seal_cut_visits(witness.sealer, witness.boot, self.left_open, tell)
        self.house.look()
        return timed(witness, self.latencies)


@contextmanager
def running(settings: "Settings") -> Iterator[Running]:
    """The device of the settings, started.

    Raises:
        IdentityError: there is none.
        OutboxError: another program is at work in its folder, or the outbox cannot be used.
    """
    from edge_agent.bootstrap.kept import kept_house, open_outbox
    from edge_agent.bootstrap.program import open_pulse, release
    from edge_agent.bootstrap.telling import health_check
    from edge_agent.disk_reserve import DiskReserve
    from edge_agent.identity import start
    from edge_agent.latencies import Latencies
    from edge_agent.left_open import LeftOpen
    from edge_agent.sole_witness import sole_witness

    with sole_witness(settings.folder):
        DiskReserve.beside(settings.outbox).give_up_to_start()
        identity = start(settings.folder)
        with open_pulse() as pulse, open_outbox(settings, identity, pulse.starting) as outbox:
            latencies = Latencies()
            check = health_check(settings, outbox, latencies)
            house = kept_house(settings, identity, outbox)
            left_open = LeftOpen(outbox.visits, release())
            yield Running(settings, identity, outbox, house, latencies, check, pulse, left_open)


def _tell_cut(record: "WaitingRecord") -> None:
    told = "已封存上次中断的服务 sealed a visit that was cut short"
    typer.echo(f"{told}: {record.seq} {record.digest} ({len(record.sealed)} bytes)")

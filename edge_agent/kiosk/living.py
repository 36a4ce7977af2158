"""How visits are lived at a screen: with the sensors that are fitted, or in a recorded room at the pace of a clock."""

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from edge_agent.bootstrap.witnessing import build_gathering, build_live_witness, build_witness, unforeseeable
from edge_agent.day_orders import Orders
from edge_agent.identity import Identity
from edge_agent.mirror import Mirror, mirrored, mirrored_when_due
from edge_agent.orders_file import OrdersFile
from edge_agent.outbox import Outbox
from edge_agent.paced import Pace
from edge_agent.ports import Sensor
from edge_agent.readings import Reading
from edge_agent.replay import ReplayedVisit, orders_of
from edge_agent.roster import Roster
from edge_agent.sensors.live import fitted
from edge_agent.sensors.monotonic import monotonic_ms
from edge_agent.settings import Settings
from edge_agent.supervision.watch import SensorStatus
from edge_agent.witness import Witness


@dataclass(frozen=True)
class Living:
    """All that a desk needs of it.

    ``clock`` is the monotonic clock in ms, ``sensors`` gives those of the next visit, unopened; ``end`` lets the
    visit under way end at once. ``statuses`` is how the parts fare that somebody watches over; by
    ``mirror`` pass the pictures of their camera.
    """

    witness: Witness
    clock: Callable[[], int]
    orders: Callable[[], Orders]
    sensors: Callable[[], Sequence[Sensor[Reading]]]
    end: Callable[[], None]
    statuses: Callable[[], Sequence[SensorStatus]]
    mirror: Mirror


def living_now(settings: Settings, identity: Identity, outbox: Outbox, roster: Roster) -> Living:
    """With what is fitted. Faces are asked for what nobody can foresee.

    Raises:
        ModelError: the registry cannot be read.
    """
    gathering, mirror = build_gathering(settings), Mirror()
    witness = build_live_witness(settings, identity, outbox, roster, gathering)
    return Living(
        witness=replace(witness, ask=unforeseeable(settings.checks)),
        clock=monotonic_ms,
        orders=OrdersFile(settings.orders),
        sensors=lambda: mirrored(fitted(settings), mirror),
        end=gathering.end,
        statuses=gathering.statuses,
        mirror=mirror,
    )


@dataclass(frozen=True)
class Recorded:
    """A recorded room; ``speed`` is how much faster than life all goes."""

    visit: ReplayedVisit
    speed: float

    def living(self, settings: Settings, identity: Identity, outbox: Outbox, roster: Roster) -> Living:
        """The recordings begin anew with every check-in; what is replayed answers no challenge, so none is asked.

        Raises:
            ModelError: the registry cannot be read.
        """
        begun_s, mirror = time.monotonic(), Mirror()
        pace = Pace(lambda: round(1000 * self.speed * (time.monotonic() - begun_s)), self.speed)
        witness = build_witness(settings, identity, outbox, roster, self._wall_ms)
        return Living(
            witness=replace(witness, gather=mirrored_when_due(pace.gather, mirror)),
            clock=pace.clock,
            orders=OrdersFile(settings.orders) if settings.orders.exists() else self._orders,
            sensors=lambda: list(self.visit.sensors()),
            end=lambda: None,
            statuses=lambda: (),
            mirror=mirror,
        )

    def _wall_ms(self, at_ms: int) -> int:
        return self.visit.started_at_ms + at_ms

    def _orders(self) -> Orders:
        return orders_of(self.visit)

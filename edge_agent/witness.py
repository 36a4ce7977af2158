"""The witness: lives one visit from the first reading to the sealed record in the outbox."""

import os
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass, field

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from edge_agent.actions import CheckIn, VisitEvent
from edge_agent.assembly import Device
from edge_agent.check_plan import Asker, ask_nothing
from edge_agent.conclusions import Silence
from edge_agent.consent import Permissions
from edge_agent.consent_heeded import heeded, silence_of
from edge_agent.ended_visit import EndedVisit, SealedVisit
from edge_agent.errors import NobodyCameError, VisitStateError
from edge_agent.keeping import Keeping
from edge_agent.kernel_clock import is_believed
from edge_agent.open_visits import BegunVisit
from edge_agent.outbox import Outbox
from edge_agent.past_visits import PastVisits
from edge_agent.ports import Sensor
from edge_agent.readings import Reading
from edge_agent.sealer import Sealer, clock_of, occasion_of
from edge_agent.timeline import Happening, merged
from edge_agent.visit_session import VisitSession
from edge_agent.visit_settings import CheckSettings, VisitSettings
from edge_agent.witness_ports import Gather, Onlooker, SensesMaker, WallClock, nobody
from visit_record.bilingual import Words
from visit_record.record import Clock
from visit_record.visit_id import visit_id
from visit_record.vocabulary import ClockSource, Modality


@dataclass(frozen=True)
class Witness:
    """Lives visits, one after another, in one thread."""

    device: Device
    key: Ed25519PrivateKey
    outbox: Outbox
    open_senses: SensesMaker
    wall_clock: WallClock
    checks: CheckSettings = field(default_factory=CheckSettings)
    bounds: VisitSettings = field(default_factory=VisitSettings)
    clock_status: Callable[[], Clock] = lambda: Clock(ClockSource.UNSYNCHRONISED, None)
    """What the wall clock was last set from: asked at each check-in, since a program lives for weeks."""
    entropy: Callable[[int], bytes] = os.urandom
    ask: Asker = ask_nothing
    gather: Gather = merged
    close_sensor: Callable[[Modality], None] = lambda _sensor: None
    """Closes an opened sensor at once; of a replayed one the readings are dropped unseen."""
    past: PastVisits | None = None
    """Remembers what is sealed for those who may see it afterwards."""
    boot: str = ""
    """Names this start of the machine; after another one, what was cut was cut by power."""
    tells_now: bool = False
    """Whether the wall clock says what time it is now; of a replayed visit it says when that was."""
    now_s: Callable[[], float] = time.monotonic
    """Says when it is time to store again."""
    onlooker: Onlooker = nobody

    @property
    def sealer(self) -> Sealer:
        """Seals what it lived, and what a program before it could not end."""
        return Sealer(self.device, self.key, self.outbox, self.past)

    def witness(
        self,
        sensors: Sequence[Sensor[Reading]],
        events: Iterable[VisitEvent],
        progress: Callable[[int], None] = lambda _at_ms: None,
    ) -> SealedVisit:
        """Live a visit and seal it, as :meth:`live` and :meth:`seal` do.

        Raises:
            NobodyCameError: nobody checked in.
            OutboxError: the record could not be stored.
            RefusedError: the record is one that no server would take.
        """
        return self.seal(self.live(sensors, events, progress))

    def live(
        self,
        sensors: Sequence[Sensor[Reading]],
        events: Iterable[VisitEvent],
        progress: Callable[[int], None] = lambda _at_ms: None,
    ) -> EndedVisit:
        """Live a visit: the sensors' readings and people's events, each in order of ``at_ms``.

        ``progress`` is told the monotonic time after each happening. What is observed is stored while the visit lasts,
        and counts in no record before it is.

        Raises:
            NobodyCameError: nobody checked in.
        """
        happenings, refused = iter(events), list[Words]()
        check_in = _await_check_in(happenings, refused)
        permissions = Permissions.of(check_in.consents)
        begun = self._begun(check_in, silence_of(permissions, sensors))
        # Before any model is loaded: from here on, whatever becomes of this program, the visit has begun.
        keeping = Keeping(self.outbox.visits, begun, self.bounds.kept_every_s, self.now_s)
        keeping.begin()
        session = self._begin(begun, permissions)
        keeping.keep(session)
        opened = [one for one in sensors if permissions.may_open(one.modality) and not session.lost.has(one.modality)]
        self.onlooker(session)
        people = heeded(happenings, permissions, self.close_sensor)
        with closing(self.gather(people, opened, check_in.at_ms)) as gathered:
            for happening in gathered:
                self._live(session, happening, refused)
                keeping.after(happening, session)
                progress(session.course.now_ms)
                self.onlooker(session)
                if session.course.over:
                    break
        session.end_of_streams()
        self.onlooker(session)
        clock = clock_of(begun, session)
        stepped_ms = self.wall_clock(session.course.ended_ms) - clock.utc_ms(session.course.ended_ms)
        return EndedVisit(session, occasion_of(begun, clock, stepped_ms), tuple(refused))

    def seal(self, ended: EndedVisit) -> SealedVisit:
        """Seal what was lived; where that fails it may be tried again.

        Raises:
            OutboxError: the record could not be stored.
            RefusedError: the record is one that no server would take.
        """
        record = self.sealer.seal(ended.session, ended.occasion)
        return SealedVisit(record, tuple(ended.session.lost.told), ended.refused_actions)

    def load(self, check_in: CheckIn) -> None:
        """Load what the senses of such a visit need before anybody checks in: it takes seconds, which they would miss.

        No sensor is opened. What was loaded once opens again in a fraction of the time for which a face is seen at rest
        before anything is asked of it (``CheckSettings.settle_s``).
        """
        self.open_senses(check_in, Permissions.of(check_in.consents), self.wall_clock)

    def clock_is_set(self) -> bool:
        """Whether the wall clock can be believed now; the one of a replayed visit always can."""
        return not self.tells_now or is_believed(self.clock_status())

    def _live(self, session: VisitSession, happening: Happening, refused: list[Words]) -> None:
        lost = len(session.lost.told)
        try:
            session.happen(happening)
        except VisitStateError as error:
            # A double tap is no reason to lose a visit; whoever runs the kiosk is told.
            refused.append(error.said)
        if isinstance(happening, Reading) and len(session.lost.told) > lost:
            # Its model failed, and of a sense that is lost no screen asks: nothing may stay open unseen.
            self.close_sensor(session.lost.told[-1].modality)

    def _begun(self, check_in: CheckIn, silence: Silence) -> BegunVisit:
        anchor_ms = self.wall_clock(check_in.at_ms)
        return BegunVisit(
            visit=visit_id(anchor_ms, self.entropy(10)),
            check_in=check_in,
            anchor_ms=anchor_ms,
            clock=self.clock_status(),
            silence=silence,
            checks=self.checks,
            bounds=self.bounds.of_order(check_in.order),
            boot=self.boot,
            clock_behind=self.tells_now and anchor_ms < self.outbox.journals.latest_check_in_ms(),
        )

    def _begin(self, begun: BegunVisit, permissions: Permissions) -> VisitSession:
        check_in, ahead_ms = begun.check_in, begun.anchor_ms - begun.check_in.at_ms
        senses = self.open_senses(check_in, permissions, lambda at_ms: ahead_ms + at_ms)
        return VisitSession(check_in, senses, begun.checks, begun.bounds, self.ask)


def _await_check_in(events: Iterator[VisitEvent], refused: list[Words]) -> CheckIn:
    for event in events:
        if isinstance(event, CheckIn):
            return event
        refused.append(Words("签到之前的操作，详情见英文", f"{type(event).__name__} before check-in"))
    raise NobodyCameError("nobody checked in, so there is no visit to witness", "没有人签到，没有可见证的服务")

"""The witness: lives one visit from the first reading to the sealed record in the outbox."""

import os
import time
from collections.abc import Callable, Generator, Iterable, Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass, field

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from edge_agent.actions import CheckIn, ConsentWithdrawn, VisitEvent
from edge_agent.assembly import Device, Occasion, assemble
from edge_agent.check_plan import Asker, ask_nothing
from edge_agent.conclusions import Silence
from edge_agent.consent import Permissions, sensor_of
from edge_agent.errors import NobodyCameError, VisitStateError
from edge_agent.evidence.visit_clock import VisitClock
from edge_agent.journal import Journal
from edge_agent.keeping import Keeping
from edge_agent.kernel_clock import is_believed
from edge_agent.open_visits import BegunVisit, CutVisit
from edge_agent.outbox import Outbox, WaitingRecord, nothing_else
from edge_agent.past_visits import PastVisits
from edge_agent.ports import Sensor
from edge_agent.readings import Reading
from edge_agent.senses import Senses
from edge_agent.timeline import Happening, SensorLost, merged
from edge_agent.visit_session import VisitSession
from edge_agent.visit_settings import CheckSettings, VisitSettings
from edge_agent.visit_state import PowerLost, RecordSealed, next_state
from visit_record.record import Clock
from visit_record.sealing import seal
from visit_record.visit_id import visit_id
from visit_record.vocabulary import ClockSource, Modality, NotObservedReason

# UTC milliseconds of the wall clock, read at a moment of the monotonic clock. Read at check-in and at the end only.
WallClock = Callable[[int], int]

# Opens the senses that consent allows; the wall clock's time of a monotonic moment is anchored at check-in.
SensesMaker = Callable[[CheckIn, Permissions, WallClock], Senses]

# Brings people's events and the opened sensors' readings into one order, from a monotonic moment on. Closing it lets
# go of the sensors.
Gather = Callable[[Iterable[VisitEvent], Sequence[Sensor[Reading]], int], Generator[Happening, None, None]]

# Is shown the visit after everything that happened, in the witness's own thread; what it keeps it copies.
Onlooker = Callable[[VisitSession], None]


def nobody(_session: VisitSession) -> None:
    """No screen is there to be shown anything."""


@dataclass(frozen=True)
class SealedVisit:
    """A visit's record in the outbox, the sensors that failed, and what people did that the state forbade."""

    record: WaitingRecord
    lost: tuple[SensorLost, ...]
    refused_actions: tuple[str, ...]


@dataclass(frozen=True)
class EndedVisit:
    """A visit that is over and not sealed: all of it in memory, and on the disk as far as that took it."""

    session: VisitSession
    occasion: Occasion
    refused_actions: tuple[str, ...]

    @property
    def visit(self) -> str:
        """Its id."""
        return self.occasion.visit_id


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
        happenings, refused = iter(events), list[str]()
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
        heeded = self._heeding(happenings, permissions)
        with closing(self.gather(heeded, opened, check_in.at_ms)) as gathered:
            for happening in gathered:
                self._live(session, happening, refused)
                keeping.after(happening, session)
                progress(session.now_ms)
                self.onlooker(session)
                if session.over:
                    break
        session.end_of_streams()
        self.onlooker(session)
        clock = _clock(session, begun)
        stepped_ms = self.wall_clock(session.ended_ms) - clock.utc_ms(session.ended_ms)
        return EndedVisit(session, _occasion(begun, clock, stepped_ms), tuple(refused))

    def seal(self, ended: EndedVisit) -> SealedVisit:
        """Seal what was lived; where that fails it may be tried again.

        Raises:
            OutboxError: the record could not be stored.
            RefusedError: the record is one that no server would take.
        """
        record = self._seal(ended.session, ended.occasion)
        return SealedVisit(record, tuple(ended.session.lost.told), ended.refused_actions)

    def load(self, check_in: CheckIn) -> None:
        """Load what the senses of such a visit need before anybody checks in: it takes seconds, which they would miss.

        No sensor is opened. What was loaded once opens again in a fraction of the time for which a face is seen at rest
        before anything is asked of it (``CheckSettings.settle_s``).
        """
        self.open_senses(check_in, Permissions.of(check_in.consents), self.wall_clock)

    def _live(self, session: VisitSession, happening: Happening, refused: list[str]) -> None:
        lost = len(session.lost.told)
        try:
            session.happen(happening)
        except VisitStateError as error:
            # A double tap is no reason to lose a visit; whoever runs the kiosk is told.
            refused.append(str(error))
        if isinstance(happening, Reading) and len(session.lost.told) > lost:
            # Its model failed, and of a sense that is lost no screen asks: nothing may stay open unseen.
            self.close_sensor(session.lost.told[-1].modality)

    def _heeding(self, events: Iterable[VisitEvent], permissions: Permissions) -> Iterator[VisitEvent]:
        """People's events. Where somebody takes a consent back, its sensor is closed before anybody else is told."""
        for event in events:
            if isinstance(event, ConsentWithdrawn):
                permissions = permissions.without(event.modality)
                sensor = sensor_of(event.modality)
                if not permissions.may_open(sensor):
                    self.close_sensor(sensor)
            yield event

    def seal_cut(self, cut: CutVisit) -> WaitingRecord:
        """Seal a visit that a program before this one began and could not end, with what was seen of it.

        Nobody may be witnessing it any more; see :mod:`edge_agent.sole_witness`.

        Raises:
            OutboxError: the record could not be stored.
            RefusedError: the record is one that no server would take.
            VisitStateError: its journal tells what cannot have happened.
        """
        begun = cut.begun
        session = VisitSession(begun.check_in, Senses(models=cut.progress.models), begun.checks, begun.bounds)
        session.recall(Journal(cut.lines))
        session.now_ms = max(session.now_ms, cut.progress.now_ms)
        session.sensing.heard_ms = cut.progress.heard_ms
        # A new start of the machine, or only of this program?
        if begun.boot != self.boot and not session.over:
            session.happen(PowerLost(session.now_ms))
        session.end_of_streams()
        # How far the wall clock had stepped by then, nobody can tell any more.
        return self._seal(session, _occasion(begun, _clock(session, begun), wall_step_ms=0))

    def clock_is_set(self) -> bool:
        """Whether the wall clock can be believed now; the one of a replayed visit always can."""
        return not self.tells_now or is_believed(self.clock_status())

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

    def _seal(self, session: VisitSession, occasion: Occasion) -> WaitingRecord:
        record = self.outbox.append(
            lambda link: seal(assemble(session, self.device, occasion, link), self.key),
            session.journal.close(occasion.visit_id),
            self.past.keep if self.past else nothing_else,
        )
        session.state = next_state(session.state, RecordSealed(session.now_ms))
        return record


def _clock(session: VisitSession, begun: BegunVisit) -> VisitClock:
    return VisitClock(begun.anchor_ms, begun.check_in.at_ms, session.ended_ms)


def _occasion(begun: BegunVisit, clock: VisitClock, wall_step_ms: int) -> Occasion:
    return Occasion(begun.visit, clock, wall_step_ms, begun.clock, begun.silence, begun.clock_behind)


def silence_of(permissions: Permissions, sensors: Sequence[Sensor[Reading]]) -> Silence:
    """Why each sense that was not used was not: consent comes before the want of a sensor."""
    there = {sensor.modality for sensor in sensors}
    why_not = {sense: permissions.why_not(sense) for sense in Modality}
    absent = {sense: NotObservedReason.SENSOR_ABSENT for sense in Modality if sensor_of(sense) not in there}
    return absent | {sense: reason for sense, reason in why_not.items() if reason is not None}


def _await_check_in(events: Iterator[VisitEvent], refused: list[str]) -> CheckIn:
    for event in events:
        if isinstance(event, CheckIn):
            return event
        refused.append(f"{type(event).__name__} before check-in")
    raise NobodyCameError("nobody checked in, so there is no visit to witness")

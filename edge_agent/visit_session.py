"""One visit while it lasts: follows the table of states, lets the senses perceive, and writes the journal.

Used by one thread. It knows no wall clock: what it gathers is in monotonic time, and becomes a record afterwards.
"""

import traceback
from collections.abc import Sequence
from typing import TypeVar

import structlog

from edge_agent.actions import (
    CheckIn,
    CheckOut,
    CodeRefused,
    ConsentWithdrawn,
    HandOver,
    ItemFinished,
    ItemRefused,
    ItemStarted,
    ItemTakenBack,
    LookAgain,
    OtherWayIn,
    VisitEvent,
)
from edge_agent.befallings import Befallings
from edge_agent.check_plan import Asker, ChallengeDrawn, CheckWindow, ask_nothing, check_windows
from edge_agent.consent import sensor_of
from edge_agent.errors import PerceptionError, VisitStateError
from edge_agent.home_watch import HomeWatch
from edge_agent.journal import Journal
from edge_agent.journal_entries import Entry, entries
from edge_agent.observations import AnyObservation, Observation, PositionObservation, VoiceObservation
from edge_agent.observed import Observed
from edge_agent.perception.challenge import Challenge
from edge_agent.readings import SAMPLE_RATE_HZ, CameraFrame, PositionReading, Reading, SoundBlock
from edge_agent.senses import Senses, sensor_behind
from edge_agent.service_book import ServiceBook
from edge_agent.silences import Silences
from edge_agent.timeline import Befalling, Happening, SensorBack, SensorLost, TimePassed
from edge_agent.visit_settings import CheckSettings, VisitSettings
from edge_agent.visit_state import (
    ENDINGS,
    START,
    TRANSITIONS,
    CarriedOff,
    CheckOutForgotten,
    ChecksDone,
    PowerLost,
    StreamsEnded,
    VisitState,
    next_state,
)
from visit_record.vocabulary import CheckMoment, Modality, NotObservedReason

# Each look is a chance to pass, for whoever ought not to as well; the record has every one of them.
MOST_LOOKS = 3

O = TypeVar("O", bound=Observation)  # noqa: E741 - an observation


class VisitSession:
    """A visit from its check-in to one of its endings; ``ask`` draws what is asked of a face at its ends."""

    def __init__(
        self,
        check_in: CheckIn,
        senses: Senses,
        checks: CheckSettings,
        bounds: VisitSettings,
        ask: Asker = ask_nothing,
    ) -> None:
        self.check_in = check_in
        self.state = next_state(START, check_in)
        self.journal = Journal()
        self.book = ServiceBook()
        self.now_ms = check_in.at_ms
        self.lost: list[SensorLost] = []
        self.method = check_in.method
        self.carried_off_ms: int | None = None
        self.power_lost_at_ms: int | None = None
        self.heard_ms = 0
        self.befallings = Befallings(Silences(check_in.at_ms))
        self._senses = senses
        self._checks = checks
        self._forgotten_at_ms = check_in.at_ms + round(1000 * bounds.forgotten_after_s)
        self._check_out_ms: int | None = None
        self._ended_ms: int | None = None
        self._looked_at_ms: int | None = None
        self._ask = ask
        self._challenges: dict[int, Challenge] = {}
        self._arrivals_ms = [check_in.at_ms]
        self._home = HomeWatch()
        self._observed = Observed()
        self.journal.write(check_in)
        self._draw(CheckMoment.CHECK_IN, check_in.at_ms)
        for sense, why in senses.lost.items():
            self._lose(SensorLost(check_in.at_ms, sense, why))

    @property
    def over(self) -> bool:
        """Whether the visit has come to an ending, and can be sealed."""
        return self.state in ENDINGS

    @property
    def ended_ms(self) -> int:
        """When the visit ended: at check-out, else when the device noticed."""
        return self.now_ms if self._ended_ms is None else self._ended_ms

    @property
    def looks_left(self) -> int:
        """How often the camera may still be asked to look again at whoever checked in."""
        return MOST_LOOKS - len(self._arrivals_ms)

    def has_lost(self, sense: Modality) -> bool:
        """Whether a sense, or the sensor that serves it, has failed."""
        return self.why_lost(sense) is not None

    def why_lost(self, sense: Modality) -> NotObservedReason | None:
        """What to say of a sense that has failed, or whose sensor has."""
        return next((lost.reason for lost in self.lost if lost.modality in {sense, sensor_of(sense)}), None)

    @property
    def models(self) -> dict[str, str]:
        """SHA-256 by role of the models that the visit's senses used."""
        return dict(sorted(self._senses.models.items()))

    @property
    def back(self) -> Sequence[SensorBack]:
        """The first sensors that were silent and came back."""
        return self.befallings.back

    def observations(self, kind: type[O]) -> Sequence[O]:
        """Everything of one kind that was observed, in order."""
        return self._observed.all(kind)

    def latest(self, kind: type[O]) -> O | None:
        """What was observed last of one kind."""
        return self._observed.latest(kind)

    def windows(self) -> tuple[CheckWindow, ...]:
        """When the camera was to be looked at, as far as the visit has come."""
        return check_windows(self._checks, self._arrivals_ms, self.ended_ms, self._check_out_ms, self._challenges)

    def recall(self, journal: Journal) -> None:
        """Become the visit that a journal tells of, and go on writing there; nothing was lived in this one yet.

        Raises:
            VisitStateError: the journal tells what cannot have happened.
        """
        lines = journal.lines
        if lines:
            self.journal = journal
            for entry in entries(lines.splitlines()):
                self._recall(entry)

    def happen(self, happening: Happening) -> None:
        """Take what happens next. What comes after the ending changes nothing.

        Raises:
            VisitStateError: people did what the visit's state forbids; nothing changed.
        """
        self._pass_time(happening.at_ms)
        if self.over:
            return
        match happening:
            case SensorLost():
                self._lose(happening)
            case ConsentWithdrawn():
                self.journal.write(happening)
                self._withdraw(happening)
            case CodeRefused():
                self.journal.write(happening)
            case Befalling():
                self.journal.write(happening)
                self._note_back(self.befallings.take(happening))
            case TimePassed():
                pass
            case VisitEvent():
                self._apply(happening)
            case _:
                self._sense(happening)

    def end_of_streams(self) -> None:
        """Nobody and nothing will say any more."""
        if not self.over:
            self._apply(StreamsEnded(self.now_ms))

    def _recall(self, entry: Entry) -> None:
        """Take what was journalled before: nothing is written, drawn or perceived once more."""
        match entry:
            case CheckIn() | CodeRefused():
                pass
            case SensorLost():
                self._note_lost(entry)
            case ConsentWithdrawn():
                self._withdraw(entry)
            case SensorBack():
                self.befallings.recall(entry)
            case Befalling():
                self.befallings.take(entry)
            case ChallengeDrawn():
                self._challenges[entry.at_ms - round(1000 * self._checks.settle_s)] = entry.challenge
            case VisitEvent():
                self._follow(entry)
            case _:
                self._observed.take(entry)

    def _pass_time(self, at_ms: int) -> None:
        while (due := self._due()) is not None and due.at_ms <= at_ms:
            self._apply(due)
        if not self.over:
            self.now_ms = max(self.now_ms, at_ms)

    def _due(self) -> VisitEvent | None:
        """What time alone will bring next."""
        match self.state:
            case VisitState.CHECKING_IN:
                return ChecksDone(self._arrivals_ms[-1] + round(1000 * self._checks.check_in_s))
            case VisitState.IN_VISIT:
                return CheckOutForgotten(self._forgotten_at_ms)
            case VisitState.CHECKING_OUT:
                return ChecksDone(self.ended_ms + round(1000 * self._checks.check_out_s))
            case _:
                return None

    def _apply(self, event: VisitEvent) -> None:
        self._follow(event)
        self.journal.write(event)
        self._draw_for(event)

    def _follow(self, event: VisitEvent) -> None:
        state = next_state(self.state, event)
        self._take(event)
        self.state = state
        self.now_ms = max(self.now_ms, event.at_ms)
        if self.over and self._ended_ms is None:
            self._ended_ms = event.at_ms

    def _take(self, event: VisitEvent) -> None:
        match event:
            case ItemStarted() | ItemFinished() | ItemTakenBack() | ItemRefused():
                self.book.enter(event)
            case LookAgain():
                self._look_again(event)
            case OtherWayIn():
                self.method = event.method
            case CheckOut() | HandOver():
                self._leave(event)
            case CarriedOff():
                self.carried_off_ms = event.at_ms
            case PowerLost():
                self.power_lost_at_ms = event.at_ms
            case _:
                pass

    def _leave(self, event: CheckOut | HandOver) -> None:
        self._ended_ms = event.at_ms
        if isinstance(event, CheckOut):
            self._check_out_ms = event.at_ms

    def _look_again(self, event: LookAgain) -> None:
        if self.looks_left < 1:
            raise VisitStateError(f"the camera has looked {MOST_LOOKS} times; there is another way in")
        self._arrivals_ms.append(event.at_ms)
        self._looked_at_ms = None

    def _draw_for(self, event: VisitEvent) -> None:
        if isinstance(event, CheckOut):
            self._draw(CheckMoment.CHECK_OUT, event.at_ms)
        elif isinstance(event, LookAgain):
            self._draw(CheckMoment.CHECK_IN, event.at_ms)

    def _draw(self, moment: CheckMoment, at_ms: int) -> None:
        """Only now is it known what will be asked, and only here."""
        challenge = self._ask(moment)
        if challenge is not None:
            self._challenges[at_ms] = challenge
            self.journal.write(ChallengeDrawn(at_ms + round(1000 * self._checks.settle_s), moment, challenge))

    def _sense(self, reading: Reading) -> None:
        if not self._wanted(reading):
            return
        self._note_back(self.befallings.heard(reading))
        try:
            seen = self._senses.perceive(reading)
        except PerceptionError as error:
            self._lose_sense(reading, error)
            return
        if isinstance(reading, SoundBlock):
            self.heard_ms += len(reading.samples) * 1000 // SAMPLE_RATE_HZ
        for observation in seen:
            if not isinstance(observation, VoiceObservation) or not self.has_lost(Modality.VOICE):
                self._observe(observation)

    def _note_back(self, back: SensorBack | None) -> None:
        if back is not None:
            self.journal.write(back)

    def _lose_sense(self, reading: Reading, error: PerceptionError) -> None:
        sensor = sensor_behind(reading)
        # As text: a renderer that is given the exception itself may print local variables, and those are what people
        # look and sound like.
        told = "".join(traceback.format_exception(error))
        structlog.get_logger().error("sense_lost", sense=sensor.value, traceback=told)
        self._lose(SensorLost(reading.at_ms, sensor, str(error)))

    def _lose(self, lost: SensorLost) -> None:
        self._note_lost(lost)
        self.journal.write(lost)

    def _withdraw(self, withdrawn: ConsentWithdrawn) -> None:
        """To the visit it is as a sense that is lost, but for the reason; nothing more of it is perceived."""
        self._senses.withdraw(withdrawn.modality)
        why = NotObservedReason.CONSENT_WITHHELD
        self._note_lost(SensorLost(withdrawn.at_ms, withdrawn.modality, "consent was taken back", why))

    def _note_lost(self, lost: SensorLost) -> None:
        if not self.has_lost(lost.modality):
            self.lost.append(lost)

    def _observe(self, observation: AnyObservation) -> None:
        self._observed.take(observation)
        self.journal.write(observation)
        if isinstance(observation, PositionObservation) and self._home.left(observation):
            self._leave_home(observation.at_ms)

    def _leave_home(self, at_ms: int) -> None:
        if CarriedOff in TRANSITIONS[self.state]:
            self._apply(CarriedOff(at_ms))

    def _wanted(self, reading: Reading) -> bool:
        """Nothing for a lost sense; pictures only in their windows; after check-out only face and place of who goes."""
        if self.has_lost(sensor_behind(reading)):
            return False
        if isinstance(reading, CameraFrame):
            return self._may_look(reading.at_ms)
        return self.state is not VisitState.CHECKING_OUT or isinstance(reading, PositionReading)

    def _may_look(self, at_ms: int) -> bool:
        if self._looked_at_ms is not None and at_ms - self._looked_at_ms < self._checks.frame_interval_ms:
            return False
        if not any(window.holds(at_ms) for window in self.windows()):
            return False
        self._looked_at_ms = at_ms
        return True

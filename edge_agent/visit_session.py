"""One visit while it lasts: takes what happens, lets the senses perceive, and writes the journal.

Used by one thread. It knows no wall clock: what it gathers is in monotonic time, and becomes a record afterwards.
"""

from collections.abc import Sequence
from typing import TypeVar

from edge_agent.actions import CheckIn, CodeRefused, ConsentWithdrawn, VisitEvent
from edge_agent.befallings import Befallings
from edge_agent.check_plan import Asker, ChallengeDrawn, CheckWindow, ask_nothing
from edge_agent.home_watch import HomeWatch
from edge_agent.journal import Journal, Progress
from edge_agent.journal_entries import Entry, entries
from edge_agent.looks import Looks
from edge_agent.lost_senses import LostSenses
from edge_agent.observations import AnyObservation, Observation, PositionObservation
from edge_agent.observed import Observed
from edge_agent.readings import CameraFrame, PositionReading, Reading
from edge_agent.senses import Senses, sensor_behind
from edge_agent.sensing import Sensing
from edge_agent.silences import Silences
from edge_agent.timeline import Befalling, Happening, SensorBack, SensorLost, TimePassed
from edge_agent.visit_course import VisitCourse
from edge_agent.visit_settings import CheckSettings, VisitSettings
from edge_agent.visit_state import CarriedOff, StreamsEnded, VisitState
from visit_record.bilingual import Words
from visit_record.vocabulary import NotObservedReason

_FROM_THEN_ON = Words("此后不再使用", "not used from then on")

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
        self.journal = Journal()
        self.looks = Looks(checks, ask, check_in.at_ms)
        self.lost = LostSenses()
        self.sensing = Sensing(senses, self.lost)
        self.befallings = Befallings(Silences(check_in.at_ms))
        self.course = VisitCourse(check_in, bounds, self.looks, self.befallings)
        self._home = HomeWatch()
        self._observed = Observed()
        self.journal.write(check_in)
        self._draw_for(check_in)
        for sense, why in senses.lost.items():
            self._lose(SensorLost(check_in.at_ms, sense, why))

    def observations(self, kind: type[O]) -> Sequence[O]:
        """Everything of one kind that was observed, in order."""
        return self._observed.all(kind)

    def latest(self, kind: type[O]) -> O | None:
        """What was observed last of one kind."""
        return self._observed.latest(kind)

    def windows(self) -> tuple[CheckWindow, ...]:
        """When the camera was to be looked at, as far as the visit has come."""
        return self.looks.windows(self.course.ended_ms)

    def recall(self, journal: Journal, progress: Progress) -> None:
        """Become the visit that a journal tells of, as far as it had come, and go on writing there.

        Nothing was lived in this one yet.

        Raises:
            VisitStateError: the journal tells what cannot have happened.
        """
        lines = journal.lines
        if lines:
            self.journal = journal
            for entry in entries(lines.splitlines()):
                self._recall(entry)
        self.course.pass_time(progress.now_ms)
        self.sensing.heard_ms = progress.heard_ms

    def happen(self, happening: Happening) -> None:
        """Take what happens next. What comes after the ending changes nothing.

        Raises:
            VisitStateError: people did what the visit's state forbids; nothing changed.
        """
        self._pass_time(happening.at_ms)
        if self.course.over:
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
        if not self.course.over:
            self._apply(StreamsEnded(self.course.now_ms))

    def _recall(self, entry: Entry) -> None:
        """Take what was journalled before: nothing is written, drawn or perceived once more."""
        match entry:
            case CheckIn() | CodeRefused():
                pass
            case SensorLost():
                self.lost.take(entry)
            case ConsentWithdrawn():
                self._withdraw(entry)
            case SensorBack():
                self.befallings.recall(entry)
            case Befalling():
                self.befallings.take(entry)
            case ChallengeDrawn():
                self.looks.recall(entry)
            case VisitEvent():
                self.course.follow(entry)
            case _:
                self._observed.take(entry)

    def _pass_time(self, at_ms: int) -> None:
        while (due := self.course.due(at_ms)) is not None:
            self._apply(due)
        self.course.pass_time(at_ms)

    def _apply(self, event: VisitEvent) -> None:
        self.course.follow(event)
        self.journal.write(event)
        self._draw_for(event)

    def _draw_for(self, event: VisitEvent) -> None:
        drawn = self.looks.draw(event)
        if drawn is not None:
            self.journal.write(drawn)

    def _sense(self, reading: Reading) -> None:
        if not self._wanted(reading):
            return
        self._note_back(self.befallings.heard(reading))
        seen = self.sensing.perceive(reading)
        if isinstance(seen, SensorLost):
            self._lose(seen)
            return
        for observation in seen:
            self._observe(observation)

    def _note_back(self, back: SensorBack | None) -> None:
        if back is not None:
            self.journal.write(back)

    def _lose(self, lost: SensorLost) -> None:
        self.lost.take(lost)
        self.journal.write(lost)

    def _withdraw(self, withdrawn: ConsentWithdrawn) -> None:
        """To the visit it is as a sense that is lost, but for the reason; nothing more of it is perceived."""
        self.sensing.withdraw(withdrawn.modality)
        why = NotObservedReason.CONSENT_WITHHELD
        self.lost.take(SensorLost(withdrawn.at_ms, withdrawn.modality, _FROM_THEN_ON.both, why))

    def _observe(self, observation: AnyObservation) -> None:
        self._observed.take(observation)
        self.journal.write(observation)
        if isinstance(observation, PositionObservation) and self._home.left(observation):
            self._leave_home(observation.at_ms)

    def _leave_home(self, at_ms: int) -> None:
        if self.course.allows(CarriedOff):
            self._apply(CarriedOff(at_ms))

    def _wanted(self, reading: Reading) -> bool:
        """Nothing for a lost sense; pictures only in their windows; after check-out only face and place of who goes."""
        if self.lost.has(sensor_behind(reading)):
            return False
        if isinstance(reading, CameraFrame):
            return self.looks.take(reading.at_ms, self.course.ended_ms)
        return self.course.state is not VisitState.CHECKING_OUT or isinstance(reading, PositionReading)

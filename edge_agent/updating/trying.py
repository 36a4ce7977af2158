"""What becomes of a release that was switched to: confirmed once it was healthy for a while, or taken back.

The trial is written before the switch, and the links say the rest: whenever the power goes, what is found then is a
release that runs, and either its trial or none. It is the proven release whose program judges the one on trial.
"""

from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

import msgspec

from edge_agent.errors import UpdateError
from edge_agent.pulse import Alive
from edge_agent.updating.environment import environment_of
from edge_agent.updating.shelf import Link, Shelf
from edge_agent.updating.trial import Moment, Patience, Trial, Verdict, judged, resumed
from edge_agent.whole_files import write_whole
from visit_record.bilingual import Words
from visit_record.first_use import known


class Outcome(StrEnum):
    """What became of a call."""

    SWITCHED = "switched"
    RUNNING = "running"
    MENDED = "mended"
    FAILED_BEFORE = "failed_before"
    VISIT_UNDER_WAY = "visit_under_way"
    SELFTEST_UNDER_WAY = "selftest_under_way"
    NOTHING_ON_TRIAL = "nothing_on_trial"
    ON_TRIAL = "on_trial"
    CONFIRMED = "confirmed"
    ROLLED_BACK = "rolled_back"


@dataclass(frozen=True)
class Trials:
    """The trials of one device's releases."""

    shelf: Shelf

    def begin(self, name: str, moment: Moment) -> None:
        """Switch to a release that is here whole; the caller holds the shelf alone."""
        if self.shelf.name(Link.PROVEN) is None:
            # Nothing ran here before: there is no release that could judge this one, and none to go back to.
            self.shelf.point(Link.CURRENT, name)
            self.shelf.point(Link.PROVEN, name)
            return
        self._write(Trial(name, moment.boot, moment.now_ms))
        self.shelf.point(Link.CURRENT, name)

    def judge(self, alive: Alive | None, moment: Moment, patience: Patience) -> Outcome:
        """Confirm the release on trial, take it back, or leave it for now.

        Raises:
            UpdateError: the folder cannot be written.
        """
        with self.shelf.alone():
            trial = self._trial(moment)
            if trial is None:
                return Outcome.NOTHING_ON_TRIAL
            program = str(environment_of(self.shelf.folder(trial.release)).resolve())
            match judged(trial, program, alive, moment, patience):
                case Verdict.CONFIRM:
                    return self._prove(trial.release)
                case Verdict.ROLL_BACK:
                    return self._take_back(trial.release, Link.PROVEN)
            return Outcome.ON_TRIAL

    def confirm(self, moment: Moment) -> Outcome:
        """Call the release on trial proven: somebody has seen that it works.

        Raises:
            UpdateError: the folder cannot be written.
        """
        with self.shelf.alone():
            trial = self._trial(moment)
            return Outcome.NOTHING_ON_TRIAL if trial is None else self._prove(trial.release)

    def rollback(self, moment: Moment) -> Outcome:
        """Go back: from a release on trial to the proven one, else from that to the one before.

        Raises:
            UpdateError: there is none to go back to.
        """
        with self.shelf.alone():
            trial = self._trial(moment)
            current = self.shelf.name(Link.CURRENT)
            if trial is not None:
                return self._take_back(trial.release, Link.PROVEN)
            before = self.shelf.name(Link.PREVIOUS)
            if current is None or before is None or before == current or not self.shelf.holds(before):
                raise UpdateError(
                    "there is no earlier release here to go back to",
                    "本机没有更早的版本可以退回",
                    Words(
                        "要用更早的程序，请以更高的序号重新发布",
                        "publish the earlier program anew under a higher sequence, if it is wanted",
                    ),
                )
            self._take_back(current, Link.PREVIOUS)
            self.shelf.point(Link.PROVEN, before)
            return Outcome.ROLLED_BACK

    def _trial(self, moment: Moment) -> Trial | None:
        """The trial under way, with the machine's starts counted, durably, before anything can come of it."""
        current, proven = self.shelf.name(Link.CURRENT), self.shelf.name(Link.PROVEN)
        if current is None or current == proven:
            self._trial_file.unlink(missing_ok=True)
            return None
        noted = self._read_trial(current)
        trial = resumed(noted or Trial(current, moment.boot, moment.now_ms), moment)
        if trial != noted:
            self._write(trial)
        return trial

    def _prove(self, name: str) -> Outcome:
        proven = self.shelf.name(Link.PROVEN)
        if proven is not None and proven != name:
            self.shelf.point(Link.PREVIOUS, proven)
        self.shelf.point(Link.PROVEN, name)
        self._trial_file.unlink(missing_ok=True)
        return Outcome.CONFIRMED

    def _take_back(self, name: str, to: Link) -> Outcome:
        back = self.shelf.name(to)
        if back is None:
            raise UpdateError(
                "there is no proven release to go back to",
                "没有可以退回的已确认版本",
                Words("请安装一个版本：edge-agent update apply", "apply a release: edge-agent update apply"),
            )
        self.shelf.mark_failed(name)
        self.shelf.point(Link.CURRENT, back)
        return Outcome.ROLLED_BACK

    @property
    def _trial_file(self) -> Path:
        return self.shelf.root / "trial.json"

    def _read_trial(self, current: str) -> Trial | None:
        """The trial that was noted; ``None`` where the note is missing, damaged or of another release."""
        try:
            trial = msgspec.json.decode(self._trial_file.read_bytes(), type=known(Trial))
        except (FileNotFoundError, msgspec.MsgspecError):
            return None
        return trial if trial.release == current else None

    def _write(self, trial: Trial) -> None:
        write_whole(self._trial_file, msgspec.json.encode(trial))

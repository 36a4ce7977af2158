"""An installer is asked to do something, and the sensor must notice: the way in which a visit would notice it too."""

from dataclasses import dataclass, replace
from typing import Protocol

from edge_agent.selftest.asks import Ask, ask_after
from edge_agent.selftest.finding import Finding, Step, failed, not_observable, passed
from edge_agent.selftest.sensor_check import SensorCheck
from edge_agent.selftest.trial import Trial
from visit_record.bilingual import Words


class Asking(Protocol):
    """Whoever stands at the device."""

    def ask(self, what: Words, seconds: float) -> None:
        """Ask for something that may take so long."""
        ...

    def skipped(self) -> bool:
        """Whether they pressed the key to skip it, since they were asked; never waits."""
        ...


@dataclass(frozen=True)
class AskedCheck:
    """Asks, and waits until the sensor notices, somebody skips it, or the time is up."""

    step: Step
    trial: Trial
    wanted: Ask
    asking: Asking

    @property
    def subject(self) -> str:
        """What is to be noticed."""
        return self.wanted.subject

    def look(self) -> Finding:
        """Ask, and wait."""
        look = self.wanted.notices()
        self.asking.ask(self.wanted.asks, self.wanted.seconds)
        trial = replace(self.trial, patience_s=self.wanted.seconds, skipped=self.asking.skipped)
        status = trial.look(look, self.wanted.allowed)
        if look.noticed:
            return passed("察觉到了", "it noticed")
        if self.asking.skipped():
            return not_observable("已跳过", "skipped")
        if status.fault not in {None, self.wanted.allowed}:
            return not_observable("传感器没有工作，无法试", "the sensor does not work, so that this shows nothing")
        unnoticed = not_observable if self.wanted.may_not_come else failed
        seconds = f"{self.wanted.seconds:g}"
        return unnoticed(f"{seconds} 秒内没有察觉", f"it noticed nothing in {seconds} s", self.wanted.remedy)


def asked_after(check: SensorCheck, asking: Asking) -> AskedCheck:
    """What is asked once a part was found to work."""
    return AskedCheck(check.step, check.trial, ask_after(check), asking)

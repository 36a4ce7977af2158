"""What people before the camera do when a challenge is on the screen, each at their own pace. Pure, seeded."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from edge_agent.perception.challenge import Asked, Challenge
from edge_agent.perception.movements import Step


@dataclass(frozen=True)
class OnScreen:
    """A challenge, and the second of the script at which its first step is asked."""

    challenge: Challenge
    asked_at_s: float

    def asks(self) -> Sequence[Asked]:
        """The steps, in milliseconds of the script."""
        return list(self.challenge.asks(round(1000 * self.asked_at_s)))


@dataclass(frozen=True)
class Pose:
    """A head's turn to its own left in radians, how far its eyes are closed 0..1, and how much larger it is seen."""

    turn_rad: float = 0.0
    closed: float = 0.0
    nearer: float = 0.0


@dataclass(frozen=True)
class Manner:
    """How somebody does what they are asked: how soon, how fast, how long and how far."""

    reaction_s: float
    rise_s: float
    hold_s: float
    turn_rad: float
    nearer: float

    @classmethod
    def seeded(cls, rng: np.random.Generator) -> "Manner":
        """One of many people."""
        return cls(
            reaction_s=float(rng.uniform(0.4, 1.0)),
            rise_s=float(rng.uniform(0.25, 0.5)),
            hold_s=float(rng.uniform(0.7, 1.2)),
            turn_rad=float(np.radians(rng.uniform(24, 38))),
            nearer=float(rng.uniform(0.22, 0.4)),
        )

    def pose(self, shown: OnScreen, at_s: float) -> Pose:
        """Where they are in what they were asked for, at a second of the script."""
        pose = Pose()
        for asked in shown.asks():
            share = self._share(at_s - asked.start_ms / 1000)
            if share > 0:
                pose = self._doing(asked.step, share)
        return pose

    def _share(self, since_s: float) -> float:
        """0 before and after, 1 while the movement is held."""
        moving = since_s - self.reaction_s
        up, down = moving / self.rise_s, 1 - (moving - self.rise_s - self.hold_s) / self.rise_s
        return float(np.clip(min(up, down), 0, 1))

    def _doing(self, step: Step, share: float) -> Pose:
        eased = share * share * (3 - 2 * share)
        match step:
            case Step.TURN_LEFT:
                return Pose(turn_rad=self.turn_rad * eased)
            case Step.TURN_RIGHT:
                return Pose(turn_rad=-self.turn_rad * eased)
            case Step.BLINK:
                return Pose(closed=eased)
            case Step.NEARER:
                return Pose(nearer=self.nearer * eased)

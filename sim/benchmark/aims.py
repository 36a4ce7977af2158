"""What each figure should be, on a world that nothing was fitted on."""

from collections.abc import Mapping
from typing import Final

from sim.benchmark.result import Aim

FALSE_ALARMS = 0.01
BASE_RATE, TOP_OF_QUEUE = 0.02, 0.01

AIMS: Final[Mapping[tuple[str, str], Aim]] = {
    ("recall", "empty_order"): Aim(at_least=0.95),
    ("recall", "colluding_family"): Aim(at_least=0.95),
    ("recall", ""): Aim(at_least=0.90),
    ("calibration", "cllr"): Aim(at_most=0.15),
    ("calibration", "cllr_gap"): Aim(at_most=0.05),
    ("calibration", "ece"): Aim(at_most=0.02),
    ("missing_one", ""): Aim(at_most=1.5),
    ("missing_one_review", ""): Aim(at_most=1.5),
    ("missing_two", ""): Aim(at_most=1.5),
    ("missing_two_review", ""): Aim(at_most=1.5),
    ("queue", "precision"): Aim(at_least=0.8),
    ("naming", "right_first"): Aim(at_least=0.85),
    ("authenticity", "coverage"): Aim(at_least=0.93, at_most=0.97),
    ("authenticity", "false_branding"): Aim(at_most=0.005),
    ("authenticity", "false_branding_whole"): Aim(at_most=0.005),
    ("speed", "verdicts_a_second"): Aim(at_least=10_000.0),
}


def aim_of(group: str, about: str) -> Aim | None:
    """The aim of one figure: its own, else its whole group's, else none."""
    return AIMS.get((group, about), AIMS.get((group, "")))

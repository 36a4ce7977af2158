"""What a visit is like apart from whether it is honest: who else is there, and what makes it hard to witness."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from enum import StrEnum

from sim.script import Conditions, Deed
from visit_record.vocabulary import NotObservedReason


class Family(StrEnum):
    """What the family does during the visit."""

    AWAY = "away"
    PRESENT = "present"
    HELPS = "helps"


class Pressing(StrEnum):
    """How the buttons of the items are pressed."""

    PROMPT = "prompt"
    """As each item begins and ends."""

    LATE = "late"
    """Minutes off, now one way and now the other."""

    BATCH = "batch"
    """All of them one after another before check-out."""

    AT_ENDS = "at_ends"
    """All are begun after check-in and ended before check-out."""


@dataclass(frozen=True)
class Reception:
    """How well satellites are received, and how far the fix is off the home; see :class:`sim.script.Sky`."""

    off_north_m: float = 0.0
    off_east_m: float = 0.0
    satellites: int = 9
    hdop: float = 1.1
    jitter_m: float = 3.0
    gps_offset_s: float = 0.0


@dataclass(frozen=True)
class Circumstances:
    """One visit's.

    ``talk`` and ``sound`` are as in :class:`sim.staging.world.Habits`; ``outing_s`` is when caregiver and recipient
    are out for a walk; ``fetches`` how often the caregiver leaves the room for a moment; ``pressing_away`` how the
    buttons are pressed in a visit whose caregiver is not in the room; ``alike`` how near to the caregiver's, 0 to 1,
    the voice of somebody is who stands in for them; ``mishaps`` are what befalls the device without
    anybody's intent.
    """

    talk: float = 0.6
    sound: float = 1.0
    television: bool = False
    family: Family = Family.AWAY
    chair: bool = False
    bathroom: bool = False
    outing_s: tuple[float, float] | None = None
    fetches: int = 0
    pressing: Pressing = Pressing.PROMPT
    pressing_away: Pressing = Pressing.PROMPT
    alike: float = 0.0
    reception: Reception = field(default_factory=Reception)
    conditions: Conditions = field(default_factory=Conditions)
    mishaps: tuple[Deed, ...] = ()

    def oddities(self) -> frozenset[str]:
        """Names of what is out of the ordinary here, for reports."""
        return frozenset((*self._ways(), *self._witnessing(), *self._lost()))

    def _ways(self) -> Iterator[str]:
        ways = {
            "television": self.television,
            "family": self.family is not Family.AWAY,
            "chair": self.chair,
            "outing": self.outing_s is not None,
            "quiet_care": self.sound < QUIET_SOUND,
            "silent_people": self.talk < LITTLE_TALK,
            "buttons": self.pressing is not Pressing.PROMPT,
            "mishap": bool(self.mishaps),
        }
        return (name for name, so in ways.items() if so)

    def _witnessing(self) -> Iterator[str]:
        seen, fix = self.conditions, self.reception
        hard = {
            "dim": seen.light < 1,
            "old_face": seen.old_face,
            "noise": seen.noise_db is not None,
            "low_gain": seen.gain_db <= LOW_GAIN_DB,
            "far": seen.distance_m > FAR_M,
            "decoys": bool(seen.decoys),
            "no_satellites": fix.satellites == 0,
            "canyon": max(abs(fix.off_north_m), abs(fix.off_east_m)) > CANYON_M,
            "clock_off": abs(fix.gps_offset_s) > CLOCK_OFF_S,
        }
        return (name for name, so in hard.items() if so)

    def _lost(self) -> Iterator[str]:
        for outage in self.conditions.outages:
            lost = outage.reason is NotObservedReason.SENSOR_FAULT
            yield f"lost_{outage.modality}" if lost else outage.reason.value


QUIET_SOUND, LITTLE_TALK = 0.4, 0.15
LOW_GAIN_DB, FAR_M, CANYON_M, CLOCK_OFF_S = -6.0, 3.0, 60.0, 5.0

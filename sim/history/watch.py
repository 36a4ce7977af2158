"""Which senses observed nothing of a staged visit, when, and why, as a device tells it. Pure.

A sensor that comes back leaves a gap and no word; one that does not is lost. One that somebody blinds gives black
pictures, or a silence that no room has.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from types import MappingProxyType
from typing import NamedTuple

from edge_agent.consent import sensor_of
from sim.script import Outage, VisitScript
from sim.staging.plan import Plan
from sim.staging.visits import StagedVisit
from visit_record.vocabulary import IntegrityKind, Modality, NotObservedReason

Stretch = tuple[float, float]
# A sense that was never to be used; no sensor failed.
_SILENT = (NotObservedReason.CONSENT_WITHHELD, NotObservedReason.SENSOR_ABSENT, NotObservedReason.LOCATION_OFF)
# What is no gap in a sensor's readings: the roster lacks somebody, or a receiver speaks without a fix.
_SPEAKING = (NotObservedReason.NOT_ENROLLED, NotObservedReason.NOT_ASKED, NotObservedReason.NO_SATELLITES, *_SILENT)
_BLINDING: Mapping[Modality, IntegrityKind] = MappingProxyType(
    {Modality.FACE: IntegrityKind.CAMERA_COVERED, Modality.SOUND: IntegrityKind.MICROPHONE_MUTED}
)


class Watch(NamedTuple):
    """What one sense could observe: why not at all, when not, since when no more, and when it was blinded."""

    silent: NotObservedReason | None = None
    gaps: tuple[Stretch, ...] = ()
    lost_at_s: float | None = None
    blind: tuple[Stretch, ...] = ()
    not_enrolled: bool = False

    def misses(self, at_s: float) -> bool:
        """Whether nothing was read at a moment."""
        return bool(self.gaps) and any(start_s <= at_s < end_s for start_s, end_s in self.gaps)

    def is_blind(self, at_s: float) -> bool:
        """Whether what was read was black or dead."""
        return bool(self.blind) and any(start_s <= at_s < end_s for start_s, end_s in self.blind)


@dataclass(frozen=True)
class Watches:
    """Every sense's watch over one visit."""

    of: Mapping[Modality, Watch]

    @classmethod
    def over(cls, staged: StagedVisit) -> "Watches":
        """As plan, conditions and deeds have it."""
        return cls({sense: _watch(staged.plan, staged.script, sense) for sense in Modality})

    def lost(self) -> Iterator[tuple[Modality, float]]:
        """Sensors that gave out and did not come back, and when; and the voice, where the microphone went on."""
        for sense, watch in self.of.items():
            served = sensor_of(sense) is sense or self.of[sensor_of(sense)].lost_at_s is None
            if watch.lost_at_s is not None and served:
                yield sense, watch.lost_at_s

    def reason(self, sense: Modality) -> NotObservedReason:
        """Why a sense that saw nothing saw nothing."""
        lost = self.of[sense].lost_at_s is not None
        return NotObservedReason.SENSOR_FAULT if lost else NotObservedReason.TOO_LITTLE_SIGNAL


def until_power_fails(staged: StagedVisit) -> tuple[StagedVisit, bool]:
    """The visit as far as it came, and whether the device's power was cut before anybody could check out."""
    cuts_s = [deed.at_s for deed in staged.script.deeds if deed.kind is IntegrityKind.POWER_LOSS]
    end_s = min(cuts_s, default=staged.script.duration_s)
    if end_s >= staged.script.duration_s:
        return staged, False
    script = replace(
        staged.script,
        duration_s=end_s,
        stays=tuple(replace(s, end_s=min(s.end_s, end_s)) for s in staged.script.stays if s.start_s < end_s),
        noises=tuple(replace(n, end_s=min(n.end_s, end_s)) for n in staged.script.noises if n.start_s < end_s),
        appearances=tuple(face for face in staged.script.appearances if face.start_s < end_s),
    )
    claims = tuple(replace(c, end_s=min(c.end_s, end_s)) for c in staged.plan.claims if c.start_s < end_s)
    return replace(staged, script=script, plan=replace(staged.plan, claims=claims)), True


def total_s(stretches: Sequence[Stretch]) -> float:
    """Time that stretches cover together; they are in order and do not overlap."""
    return sum(end_s - start_s for start_s, end_s in stretches)


def joined(stretches: Sequence[Stretch]) -> tuple[Stretch, ...]:
    """Stretches in order, those that overlap joined."""
    done: list[Stretch] = []
    for start_s, end_s in sorted(stretches):
        if done and start_s <= done[-1][1]:
            done[-1] = (done[-1][0], max(done[-1][1], end_s))
        else:
            done.append((start_s, end_s))
    return tuple(done)


def _watch(plan: Plan, script: VisitScript, sense: Modality) -> Watch:
    sensor = sensor_of(sense)
    outages = [
        one
        for one in script.conditions.outages
        if one.modality in {sense, sensor} and max(0.0, one.start_s) < min(one.end_s, script.duration_s)
    ]
    if sense in plan.withheld:
        return Watch(NotObservedReason.CONSENT_WITHHELD)
    silent = [one.reason for one in outages if one.reason in _SILENT and _whole(one, script)]
    if silent:
        return Watch(silent[0])
    deeds_s = [deed.at_s for deed in script.deeds if deed.kind is _BLINDING.get(sensor)]
    gaps = joined([_clipped(one, script) for one in outages if one.reason not in _SPEAKING])
    enrolled = not any(one.reason is NotObservedReason.NOT_ENROLLED for one in outages)
    if deeds_s:
        return Watch(blind=gaps or ((min(deeds_s), script.duration_s + 60),), not_enrolled=not enrolled)
    lost = [start_s for start_s, end_s in gaps if end_s > script.duration_s]
    return Watch(gaps=gaps, lost_at_s=min(lost, default=None), not_enrolled=not enrolled)


def _whole(outage: Outage, script: VisitScript) -> bool:
    return outage.start_s <= 0 and outage.end_s >= script.duration_s


def _clipped(outage: Outage, script: VisitScript) -> Stretch:
    """What lasts to check-out lasts through it: the camera still looks at who goes."""
    lasts = outage.end_s >= script.duration_s
    return max(0.0, outage.start_s), script.duration_s + 60 if lasts else outage.end_s

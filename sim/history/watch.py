"""Which senses observed nothing of a staged visit, when, and why, as a device tells it. Pure.

A sensor that comes back leaves a gap, one that does not is lost. One that somebody blinds gives black pictures, or a
silence that no room has: see :mod:`sim.outages`, which does the same to the sensors of a lived visit.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import NamedTuple

from edge_agent.consent import sensor_of
from edge_agent.silences import LONGEST_SILENCE_MS, MOST_TOLD
from sim.outages import Troubles, whole_visit
from sim.script import Outage, VisitScript
from sim.staging.plan import Plan
from sim.staging.visits import StagedVisit
from visit_record.vocabulary import IntegrityKind, Modality, NotObservedReason

Stretch = tuple[float, float]
# A device that is cut off at once has still begun a visit.
LEAST_S = 1.0
# What lasts to check-out lasts through it: the camera still looks at who goes.
THROUGH_S = 60.0
# A sense that was never to be used; no sensor failed.
_SILENT = (NotObservedReason.CONSENT_WITHHELD, NotObservedReason.SENSOR_ABSENT, NotObservedReason.LOCATION_OFF)
_SENSORS = tuple(sense for sense in Modality if sensor_of(sense) is sense)


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
    duration_s: float

    @classmethod
    def over(cls, staged: StagedVisit) -> "Watches":
        """As plan, conditions and deeds have it."""
        watches = {sense: _watch(staged.plan, staged.script, sense) for sense in Modality}
        return cls(watches, staged.script.duration_s)

    def read(self, sensor: Modality) -> Watch | None:
        """The watch of whoever reads a sensor, ``None`` where no sense may: one microphone serves two."""
        senses = (self.of[sense] for sense in (sensor, *Modality) if sensor_of(sense) is sensor)
        return next((watch for watch in senses if watch.silent is None), None)

    def lost(self) -> Iterator[tuple[Modality, float]]:
        """Sensors that gave out and did not come back, and when; and the voice, where the microphone went on."""
        gone = {sensor: watch.lost_at_s for sensor in _SENSORS if (watch := self.read(sensor)) is not None}
        gone[Modality.VOICE] = None if gone.get(Modality.SOUND) is not None else self.of[Modality.VOICE].lost_at_s
        yield from ((sensor, at_s) for sensor, at_s in gone.items() if at_s is not None)

    def back(self) -> Sequence[tuple[Modality, Stretch]]:
        """Silences long enough to be told, of sensors that spoke again; a camera rests between its looks anyway."""
        told = [
            (sensor, (start_s, end_s))
            for sensor in _SENSORS
            if sensor is not Modality.FACE and (watch := self.read(sensor)) is not None
            for start_s, end_s in watch.gaps
            if end_s < self.duration_s and 1000 * (end_s - start_s) > LONGEST_SILENCE_MS
        ]
        return sorted(told, key=lambda one: one[1][1])[:MOST_TOLD]


def until_power_fails(staged: StagedVisit) -> tuple[StagedVisit, bool]:
    """The visit as far as it came, and whether the device's power was cut before anybody could check out."""
    cuts_s = [deed.at_s for deed in staged.script.deeds if deed.kind is IntegrityKind.POWER_LOSS]
    end_s = max(LEAST_S, min(cuts_s, default=staged.script.duration_s))
    if end_s >= staged.script.duration_s:
        return staged, False
    script = replace(
        staged.script,
        duration_s=end_s,
        stays=tuple(replace(s, end_s=min(s.end_s, end_s)) for s in staged.script.stays if s.start_s < end_s),
        noises=tuple(replace(n, end_s=min(n.end_s, end_s)) for n in staged.script.noises if n.start_s < end_s),
        appearances=tuple(face for face in staged.script.appearances if face.start_s < end_s),
        deeds=tuple(deed for deed in staged.script.deeds if deed.at_s <= end_s),
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
    if sense in plan.withheld:
        return Watch(NotObservedReason.CONSENT_WITHHELD)
    silent = [why for why in _SILENT if any(whole_visit(script, one, why) for one in (sense, sensor))]
    if silent:
        return Watch(silent[0])
    troubles = Troubles.of(script, sensor)
    gaps = _stretches((*troubles.failures, *_of_the_voice_alone(script, sense)), script)
    lost = [start_s for start_s, end_s in gaps if end_s > script.duration_s]
    return Watch(
        gaps=gaps,
        lost_at_s=min(lost, default=None),
        blind=_stretches(troubles.blindings, script),
        not_enrolled=whole_visit(script, sense, NotObservedReason.NOT_ENROLLED),
    )


def _of_the_voice_alone(script: VisitScript, sense: Modality) -> Iterator[Outage]:
    """A voice that cannot be compared though the microphone hears: its model is missing, or cannot be loaded."""
    if sense is Modality.VOICE:
        outages = script.conditions.outages
        heard = {(one.start_s, one.end_s) for one in outages if one.modality is Modality.SOUND}
        for one in outages:
            fault = one.modality is sense and one.reason is NotObservedReason.SENSOR_FAULT
            if fault and (one.start_s, one.end_s) not in heard:
                yield one


def _stretches(outages: Sequence[Outage], script: VisitScript) -> tuple[Stretch, ...]:
    end_s = script.duration_s
    within = [one for one in outages if max(0.0, one.start_s) < min(one.end_s, end_s)]
    return joined([(max(0.0, one.start_s), end_s + THROUGH_S if one.end_s >= end_s else one.end_s) for one in within])

"""When a staged sensor observes nothing, and how its adapter shows it behind the device's port.

As :class:`edge_agent.sensors.gpsd.GpsdReceiver` does it: a sensor that comes back leaves a gap in its readings, one
that does not is a :class:`~edge_agent.errors.SensorError`, at its first reading where it never worked. A sensor that
somebody blinds fails in neither way: it goes on, and gives black pictures or a silence that no room has.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import TypeVar

from edge_agent.errors import SensorError, SensorOffError
from edge_agent.readings import Reading
from sim.script import Outage, VisitScript
from visit_record.vocabulary import IntegrityKind, Modality, NotObservedReason

R = TypeVar("R", bound=Reading)

BLINDING: Mapping[Modality, IntegrityKind] = MappingProxyType(
    {Modality.FACE: IntegrityKind.CAMERA_COVERED, Modality.SOUND: IntegrityKind.MICROPHONE_MUTED}
)
# A towel over the camera where no outage says how long; and how soon after a deed its outage may begin.
BRIEFLY_S, SOON_S = 60.0, 15.0
# What is no failure of the sensor: the roster lacks somebody, consent lacks, or a receiver speaks without a fix.
_ELSEWHERE = frozenset(
    {
        NotObservedReason.NOT_ENROLLED,
        NotObservedReason.CONSENT_WITHHELD,
        NotObservedReason.NOT_ASKED,
        NotObservedReason.NO_SATELLITES,
    }
)


@dataclass(frozen=True)
class Troubles:
    """What befalls one sensor in the course of a script: it fails, or somebody blinds it."""

    sensor: Modality
    duration_s: float
    failures: tuple[Outage, ...]
    blindings: tuple[Outage, ...]

    @classmethod
    def of(cls, script: VisitScript, sensor: Modality) -> "Troubles":
        """An outage that begins about when somebody covers or mutes the sensor is theirs; a deed without is brief."""
        outages = tuple(one for one in script.conditions.outages if _is_of(one, sensor))
        deeds = [deed.at_s for deed in script.deeds if deed.kind is BLINDING.get(sensor)]
        theirs = tuple(one for one in outages if any(_is_by(one, at_s) for at_s in deeds))
        brief = tuple(
            Outage(sensor, at_s, at_s + BRIEFLY_S) for at_s in deeds if not any(_is_by(one, at_s) for one in theirs)
        )
        return cls(sensor, script.duration_s, tuple(one for one in outages if one not in theirs), (*theirs, *brief))

    def blinds(self, at_s: float) -> bool:
        """Whether the sensor is covered or muted."""
        return any(self._holds(one, at_s) for one in self.blindings)

    def fails(self, at_s: float) -> bool:
        """Whether the sensor gives nothing at all."""
        return any(self._holds(one, at_s) for one in self.failures)

    def interrupt(self, readings: Iterator[R], starts_at_ms: int = 0) -> Iterator[R]:
        """The readings that get through.

        Raises:
            SensorOffError: at once, where the sensor is switched off for the whole visit.
            SensorError: from the beginning of an outage that does not end within the visit.
        """
        if not self.failures:
            yield from readings
            return
        self._fail_at(0.0)
        for reading in readings:
            at_s = (reading.at_ms - starts_at_ms) / 1000
            self._fail_at(at_s)
            if not self.fails(at_s):
                yield reading

    def _fail_at(self, at_s: float) -> None:
        for outage in self.failures:
            if self._lasts(outage) and outage.start_s <= at_s:
                if outage.reason is NotObservedReason.LOCATION_OFF:
                    raise SensorOffError("staged: the location is switched off", "演练：位置已关闭")
                raise SensorError(f"staged: the {self.sensor} sensor gave out", f"演练：传感器 {self.sensor} 中断")

    def _holds(self, outage: Outage, at_s: float) -> bool:
        """What lasts to check-out lasts through it: the camera still looks at who goes."""
        return outage.start_s <= at_s and (self._lasts(outage) or at_s < outage.end_s)

    def _lasts(self, outage: Outage) -> bool:
        return outage.end_s >= self.duration_s


def _is_of(outage: Outage, sensor: Modality) -> bool:
    return outage.modality is sensor and outage.reason not in _ELSEWHERE


def _is_by(outage: Outage, deed_at_s: float) -> bool:
    return outage.start_s <= deed_at_s + SOON_S and deed_at_s < outage.end_s


def without_fix(script: VisitScript, at_s: float) -> bool:
    """Whether the receiver hears no satellites for a while."""
    return any(
        one.modality is Modality.POSITION
        and one.reason is NotObservedReason.NO_SATELLITES
        and one.start_s <= at_s
        and (at_s < one.end_s or one.end_s >= script.duration_s)
        for one in script.conditions.outages
    )


def whole_visit(script: VisitScript, sense: Modality, reason: NotObservedReason) -> bool:
    """Whether a sense observes nothing at all in this visit for this reason."""
    return any(
        one.modality is sense and one.reason is reason and one.start_s <= 0 and one.end_s >= script.duration_s
        for one in script.conditions.outages
    )

"""Which senses and sensors a visit has lost, and why. Pure."""

from dataclasses import dataclass, field

from edge_agent.consent import sensor_of
from edge_agent.timeline import SensorLost
from visit_record.vocabulary import Modality, NotObservedReason


@dataclass
class LostSenses:
    """Each is told once, in the order in which they were lost: of what is lost already, no other reason counts."""

    told: list[SensorLost] = field(default_factory=list)

    def take(self, lost: SensorLost) -> None:
        """A sense is lost, or the sensor that serves it."""
        if not self.has(lost.modality):
            self.told.append(lost)

    def has(self, sense: Modality) -> bool:
        """Whether a sense, or the sensor that serves it, has failed."""
        return self.why(sense) is not None

    def why(self, sense: Modality) -> NotObservedReason | None:
        """What to say of a sense that has failed, or whose sensor has."""
        return next((lost.reason for lost in self.told if lost.modality in {sense, sensor_of(sense)}), None)

"""Sensors that fall silent and come back: a gap in the readings is a fact of the visit. Pure."""

from dataclasses import dataclass, field

from edge_agent.readings import SAMPLE_RATE_HZ, CameraFrame, Reading, SoundBlock
from edge_agent.senses import sensor_behind
from edge_agent.timeline import SensorBack
from visit_record.vocabulary import Modality

# Readings are seconds apart at most; adapters bridge a stumble of the bus and say nothing of it.
LONGEST_SILENCE_MS = 30_000
# A loose plug may come and go all day; the record stays small, coverage tells the sum, the journal each time.
MOST_TOLD = 5


@dataclass
class Silences:
    """Since when each sensor has been silent; none of them was before ``starts_at_ms``."""

    starts_at_ms: int
    _spoke_until_ms: dict[Modality, int] = field(default_factory=dict)

    def heard(self, reading: Reading) -> SensorBack | None:
        """That a sensor is back, where it was silent for too long before this reading.

        A camera rests between the looks into it: its silence says nothing.
        """
        if isinstance(reading, CameraFrame):
            return None
        sensor = sensor_behind(reading)
        since_ms = self._spoke_until_ms.get(sensor, self.starts_at_ms)
        self._spoke_until_ms[sensor] = reading.at_ms + _length_ms(reading)
        return SensorBack(reading.at_ms, sensor, since_ms) if reading.at_ms - since_ms > LONGEST_SILENCE_MS else None


def _length_ms(reading: Reading) -> int:
    return len(reading.samples) * 1000 // SAMPLE_RATE_HZ if isinstance(reading, SoundBlock) else 0

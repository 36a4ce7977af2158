"""Sensors that fall silent and come back: a gap in the readings is a fact of the visit. Pure."""

from dataclasses import dataclass, field

from edge_agent.readings import SAMPLE_RATE_HZ, CameraFrame, Reading, SoundBlock
from edge_agent.senses import sensor_behind
from edge_agent.supervision.states import MODALITY_OF, PASSED_ON
from edge_agent.timeline import SensorBack, SensorTurned
from visit_record.fitted import SensorState
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
    _in_trouble: set[Modality] = field(default_factory=set)

    def heard(self, reading: Reading) -> SensorBack | None:
        """That a sensor is back, where it was silent for too long before this reading.

        A camera rests between the looks into it: its silence says nothing.
        """
        if isinstance(reading, CameraFrame):
            return None
        return self._back(sensor_behind(reading), reading.at_ms, reading.at_ms + _length_ms(reading))

    def turned(self, turn: SensorTurned) -> SensorBack | None:
        """That a part of a fitted device is healthy again after too long, a camera too: it is watched all the time.

        A covered lens and a muted microphone are no silence: their evidence tells of both.
        """
        sensor = MODALITY_OF.get(turn.part)
        if sensor is None:
            return None
        was_in_trouble = sensor in self._in_trouble
        if turn.state is SensorState.HEALTHY or (turn.part, turn.fault) in PASSED_ON:
            self._in_trouble.discard(sensor)
            return self._back(sensor, turn.at_ms, turn.at_ms) if was_in_trouble else None
        if turn.spoke_ms is not None and not was_in_trouble:
            self._spoke_until_ms[sensor] = max(turn.spoke_ms, self._since_ms(sensor))
        self._in_trouble.add(sensor)
        return None

    def still(self, now_ms: int) -> dict[Modality, int]:
        """Since when each part has been in trouble that still is, for too long, and was not given up."""
        since_ms = {sensor: self._since_ms(sensor) for sensor in sorted(self._in_trouble)}
        return {sensor: since for sensor, since in since_ms.items() if now_ms - since > LONGEST_SILENCE_MS}

    def _since_ms(self, sensor: Modality) -> int:
        return self._spoke_until_ms.get(sensor, self.starts_at_ms)

    def _back(self, sensor: Modality, at_ms: int, until_ms: int) -> SensorBack | None:
        since_ms = self._since_ms(sensor)
        self._spoke_until_ms[sensor] = max(until_ms, since_ms)
        return SensorBack(at_ms, sensor, since_ms) if at_ms - since_ms > LONGEST_SILENCE_MS else None


def _length_ms(reading: Reading) -> int:
    return len(reading.samples) * 1000 // SAMPLE_RATE_HZ if isinstance(reading, SoundBlock) else 0

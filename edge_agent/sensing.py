"""The senses of one visit at work: what a reading says, or that its sense has failed."""

import traceback
from collections.abc import Sequence

import structlog

from edge_agent.errors import PerceptionError
from edge_agent.lost_senses import LostSenses
from edge_agent.observations import AnyObservation, VoiceObservation
from edge_agent.readings import SAMPLE_RATE_HZ, Reading, SoundBlock
from edge_agent.senses import Senses, sensor_behind
from edge_agent.timeline import SensorLost
from visit_record.vocabulary import Modality


class Sensing:
    """Used by one thread; ``heard_ms`` is how much sound was perceived. What is ``lost``, the visit says."""

    def __init__(self, senses: Senses, lost: LostSenses) -> None:
        self._senses, self._lost = senses, lost
        self.heard_ms = 0

    @property
    def models(self) -> dict[str, str]:
        """SHA-256 by role of the models that the visit's senses used."""
        return dict(sorted(self._senses.models.items()))

    def perceive(self, reading: Reading) -> Sequence[AnyObservation] | SensorLost:
        """What a reading says, or that its sense has failed at it, which is told here."""
        try:
            seen = self._senses.perceive(reading)
        except PerceptionError as error:
            return _failed(reading, error)
        if isinstance(reading, SoundBlock):
            self.heard_ms += len(reading.samples) * 1000 // SAMPLE_RATE_HZ
        no_voice = self._lost.has(Modality.VOICE)
        return [one for one in seen if not (no_voice and isinstance(one, VoiceObservation))]

    def withdraw(self, sense: Modality) -> None:
        """Nothing more of a sense is perceived."""
        self._senses.withdraw(sense)


def _failed(reading: Reading, error: PerceptionError) -> SensorLost:
    sensor = sensor_behind(reading)
    # As text: a renderer that is given the exception itself may print local variables, and those are what people
    # look and sound like.
    told = "".join(traceback.format_exception(error))
    structlog.get_logger().error("sense_lost", sense=sensor.value, traceback=told)
    return SensorLost(reading.at_ms, sensor, error.told)

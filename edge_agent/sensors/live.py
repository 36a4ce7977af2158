"""The sensors of a fitted device; those that are not built yet say so."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Never

from edge_agent.errors import SensorError
from edge_agent.ports import Sensor
from edge_agent.readings import Reading
from edge_agent.sensors.gpsd import PORT, GpsdReceiver, monotonic_ms
from visit_record.vocabulary import Modality


@dataclass(frozen=True)
class UnbuiltSensor:
    """Stands behind the ``Sensor`` port for a part that this version cannot open yet."""

    modality: Modality
    part: str

    def readings(self) -> Iterator[Never]:
        """Nothing.

        Raises:
            SensorError: always, on the first reading.
        """
        raise SensorError(f"not built yet: the {self.part}; use --replay with recorded files")
        yield


CAMERA = UnbuiltSensor(Modality.FACE, "live camera")
MICROPHONE = UnbuiltSensor(Modality.SOUND, "live microphone")
THERMAL_ARRAY = UnbuiltSensor(Modality.THERMAL, "live thermal array")
GPSD = GpsdReceiver("127.0.0.1", PORT, monotonic_ms)

FITTED: tuple[Sensor[Reading], ...] = (CAMERA, MICROPHONE, THERMAL_ARRAY, GPSD)

"""A staged visit in files, so that whoever is measured replays it and never loads the simulator.

room.wav  thermal.npy  looks/*.npy  receiver.nmea  people.pickle  device/
"""

import pickle
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

import msgspec
import numpy as np

from edge_agent.actions import CheckIn, CheckOut, VisitEvent
from edge_agent.check_plan import check_windows
from edge_agent.home_settings import BedSettings
from edge_agent.ports import Sensor
from edge_agent.readings import CameraFrame, Reading
from edge_agent.roster import MemoryRoster
from edge_agent.sensors.nmea_file import NmeaFile
from edge_agent.sensors.sound_file import SoundFile
from edge_agent.sensors.thermal_file import ThermalFile
from edge_agent.settings import Settings
from edge_agent.visit_settings import CheckSettings
from visit_record.record import Consent
from visit_record.vocabulary import IdentityMethod, Modality

HOUR_MS = 3_600_000
STARTED_AT_MS = 1_790_000_000_000
SOUND, HEAT, LOOKS, FIXES, PEOPLE, DEVICE = (
    "room.wav",
    "thermal.npy",
    "looks",
    "receiver.nmea",
    "people.pickle",
    "device",
)


@dataclass(frozen=True)
class People:
    """Who comes and for how long, who is enrolled, and where the bed lies."""

    visit_ms: int
    caregiver: str
    roster: MemoryRoster
    bed: BedSettings


@dataclass(frozen=True)
class Looks:
    """Implements ``Sensor[CameraFrame]``: staged pictures over and over, at ``times_ms``, one in memory at a time."""

    folder: Path
    times_ms: tuple[int, ...]
    modality: Modality = Modality.FACE

    def readings(self) -> Iterator[CameraFrame]:
        """Yield a picture for each time."""
        paths = sorted(self.folder.iterdir())
        for index, at_ms in enumerate(self.times_ms):
            yield CameraFrame(at_ms, np.load(paths[index % len(paths)]))


@dataclass(frozen=True)
class StagedVisit:
    """The visit in one folder, as the device's own sensors replay it."""

    path: Path

    @cached_property
    def people(self) -> People:
        """Read from the folder that this very run wrote, and from no other."""
        people = pickle.loads((self.path / PEOPLE).read_bytes())
        assert isinstance(people, People)
        return people

    def sensors(self) -> dict[Modality, Sensor[Reading]]:
        """All four."""
        return {
            Modality.FACE: Looks(self.path / LOOKS, look_times_ms(self.people.visit_ms)),
            Modality.SOUND: SoundFile(self.path / SOUND),
            Modality.THERMAL: ThermalFile(self.path / HEAT),
            Modality.POSITION: NmeaFile(self.path / FIXES),
        }

    def settings(self, registry: Path) -> Settings:
        """Settings of the device that lives in the folder."""
        return Settings(
            folder=self.path / DEVICE, models=registry, bed=self.people.bed, checks=checks(self.people.visit_ms)
        )

    def events(self) -> list[VisitEvent]:
        """What people do."""
        return [self.check_in(*Modality), CheckOut(self.people.visit_ms)]

    def check_in(self, *senses: Modality) -> CheckIn:
        """The caregiver's, with consent to some senses."""
        consents = tuple(Consent(sense, sense in senses, "bench") for sense in Modality)
        return CheckIn(0, self.people.caregiver, "recipient-1", None, consents, IdentityMethod.FACE)


def checks(visit_ms: int) -> CheckSettings:
    """The device's own looks, shortened as the visit is: they are as large a share of it as of an hour's."""
    usual = CheckSettings()
    seconds = ("check_in_s", "during_every_s", "during_s", "check_out_s")
    shortened = {name: getattr(usual, name) * visit_ms / HOUR_MS for name in seconds}
    return msgspec.structs.replace(usual, **shortened)


def look_times_ms(visit_ms: int) -> tuple[int, ...]:
    """When the camera is looked at, at the device's own pace."""
    of_visit = checks(visit_ms)
    windows = check_windows(of_visit, [0], visit_ms, visit_ms)
    return tuple(
        at_ms for window in windows for at_ms in range(window.start_ms, window.end_ms, of_visit.frame_interval_ms)
    )

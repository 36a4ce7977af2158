"""Writes the visit that the device is measured on: the simulator's ten minutes of honest care, of one seed."""

import pickle
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import soundfile
from numpy.typing import NDArray

from bench.process import REGISTRY
from bench.staged import DEVICE, FIXES, HEAT, LOOKS, PEOPLE, SOUND, STARTED_AT_MS, People
from edge_agent.home_settings import BedSettings
from edge_agent.identity import create_identity
from edge_agent.readings import SAMPLE_RATE_HZ
from sim.camera import SimulatedCamera
from sim.enrolment import enrolled
from sim.position import SimulatedReceiver
from sim.sound.microphone import SimulatedMicrophone
from sim.staging.plan import plan_visit
from sim.staging.visits import stage
from sim.staging.world import build_world
from sim.thermal.array import SimulatedThermalArray
from sim.thermal.home import ThermalHome
from visit_record.vocabulary import Typology

SEED = 3
VISIT_MS = 600_000
# While the caregiver looks into the camera, as at check-in.
PICTURES_AT_S = np.arange(0.0, 4.0, 0.4)


@dataclass(frozen=True)
class Sensed:
    """Sound [samples] at 16 kHz, heat [frames, rows, columns] °C a second apart, pictures, NMEA sentences."""

    sound: NDArray[np.float32]
    heat: NDArray[np.float32]
    pictures: Sequence[NDArray[np.uint8]]
    sentences: Sequence[str]


def write_visit(folder: Path) -> None:
    """Stage the visit into an empty folder."""
    home, heat = build_world(SEED).homes[0], ThermalHome.seeded(SEED)
    caregiver = home.caregivers[0]
    plan = plan_visit(SEED, home, caregiver, STARTED_AT_MS, VISIT_MS / 1000)
    script = stage(plan, Typology.GENUINE).script
    bed = BedSettings(heat.bed.row0, heat.bed.col0, heat.bed.row1, heat.bed.col1)
    sensed = Sensed(
        sound=np.concatenate([block.samples for block in SimulatedMicrophone(script).readings()]),
        heat=np.stack([frame.celsius for frame in SimulatedThermalArray(script, heat).readings()]),
        pictures=[frame.rgb for frame in SimulatedCamera(script, PICTURES_AT_S.tolist()).readings()],
        sentences=list(SimulatedReceiver(script).sentences()),
    )
    write_files(folder, sensed, People(VISIT_MS, caregiver.id, enrolled(home.caregivers, REGISTRY), bed))


def write_files(folder: Path, sensed: Sensed, people: People) -> None:
    """Write what :class:`bench.staged.StagedVisit` replays, and make the device that does."""
    soundfile.write(folder / SOUND, sensed.sound, SAMPLE_RATE_HZ)
    np.save(folder / HEAT, sensed.heat)
    (folder / LOOKS).mkdir()
    for index, picture in enumerate(sensed.pictures):
        np.save(folder / LOOKS / f"{index:02d}.npy", picture)
    (folder / FIXES).write_text("".join(f"{sentence}\r\n" for sentence in sensed.sentences), "ascii")
    (folder / PEOPLE).write_bytes(pickle.dumps(people))
    create_identity(folder / DEVICE, "device-1", "agency-a")

"""A staged visit lived for real: simulated sensors, but the device's own perception, sealing and outbox.

Example::

    visit = live(staged, folder_of_the_device, Path("models/registry.toml"))
"""

from collections.abc import Callable, Mapping, Sequence
from contextlib import closing
from dataclasses import replace
from pathlib import Path
from random import Random
from typing import TypeVar
from zlib import crc32

import numpy as np

from edge_agent.bootstrap.kept import open_outbox
from edge_agent.bootstrap.witnessing import build_witness
from edge_agent.check_plan import asker
from edge_agent.home_settings import BedSettings, SiteSettings
from edge_agent.identity import open_identity
from edge_agent.ports import Sensor
from edge_agent.readings import Reading
from edge_agent.roster import MemoryRoster
from edge_agent.settings import Settings
from edge_agent.visit_settings import CheckSettings
from sim.camera import SimulatedCamera
from sim.enrolment import enrolled
from sim.kiosk import events_of, wall_ms
from sim.outages import whole_visit
from sim.performance import OnScreen
from sim.position import SimulatedReceiver
from sim.sound.microphone import SimulatedMicrophone
from sim.staging.choreography import DURING_CHECK_EVERY_S, FACE_CHECK_S
from sim.staging.plan import Plan
from sim.staging.visits import StagedVisit
from sim.thermal.array import SimulatedThermalArray
from sim.thermal.home import ThermalHome
from visit_record.record import Clock
from visit_record.visit_id import visit_id
from visit_record.vocabulary import CheckMoment, ClockSource, Modality, NotObservedReason

# Often enough to see eyes shut for a moment.
CAMERA_INTERVAL_S = 0.25
DURING_INTERVAL_S = 1.0
DURING_LOOK_S = 2.0
CHECKS = CheckSettings(
    check_in_s=FACE_CHECK_S, during_every_s=DURING_CHECK_EVERY_S, during_s=DURING_LOOK_S, check_out_s=FACE_CHECK_S
)
T = TypeVar("T")


def live(
    staged: StagedVisit, folder: Path, registry: Path, progress: Callable[[int], None] = lambda _at_ms: None
) -> str:
    """Live a visit on the device whose identity lies in ``folder``; its record waits in the outbox. The visit's id.

    Raises:
        EdgeError: the device cannot work: a model is missing, the outbox cannot be written.
    """
    home = ThermalHome.seeded(crc32(staged.plan.home.device.encode()))
    settings = _settings(staged.plan, home, folder, registry)
    identity = open_identity(folder)
    entropy = np.random.default_rng([staged.plan.visit_seed, 0x4944]).bytes(10)
    asked = _asked(staged.plan)
    with closing(open_outbox(settings, identity)) as outbox:
        witness = build_witness(
            settings, identity, outbox, _roster(staged, registry), lambda at_ms: wall_ms(staged, at_ms)
        )
        witness = replace(
            witness,
            clock_status=lambda: _clock(staged.plan),
            entropy=lambda _count: entropy,
            ask=lambda moment: asked[moment].challenge if moment in asked else None,
        )
        witness.witness(_sensors(staged, home, tuple(asked.values())), events_of(staged), progress)
    return visit_id(staged.plan.started_at_ms, entropy)


def _clock(plan: Plan) -> Clock:
    """Kept by the network's time, as a home's device is that sends its records."""
    rng = np.random.default_rng([plan.visit_seed, 0x434C])
    return Clock(ClockSource.NTP, round(float(rng.normal(0, 20)), 1))


def _roster(staged: StagedVisit, registry: Path) -> MemoryRoster:
    """Everybody of the home, but for what the caregiver never enrolled."""
    roster, caregiver = enrolled(staged.plan.home.caregivers, registry), staged.plan.caregiver.id
    lacks = {
        sense: whole_visit(staged.script, sense, NotObservedReason.NOT_ENROLLED)
        for sense in (Modality.FACE, Modality.VOICE)
    }
    return MemoryRoster(
        _without(caregiver, roster.face_templates) if lacks[Modality.FACE] else roster.face_templates,
        _without(caregiver, roster.voiceprints) if lacks[Modality.VOICE] else roster.voiceprints,
    )


def _without(caregiver: str, templates: Mapping[str, T]) -> Mapping[str, T]:
    return {one: template for one, template in templates.items() if one != caregiver}


def _settings(plan: Plan, home: ThermalHome, folder: Path, registry: Path) -> Settings:
    bed = home.bed
    return Settings(
        folder=folder,
        models=registry,
        site=SiteSettings(plan.home.latitude_deg, plan.home.longitude_deg),
        bed=BedSettings(bed.row0, bed.col0, bed.row1, bed.col1),
        checks=CHECKS,
    )


def _asked(plan: Plan) -> dict[CheckMoment, OnScreen]:
    """What the device draws for this visit, and so what stands on its screen."""
    ask = asker(CHECKS, Random(plan.visit_seed))
    ends_s = {CheckMoment.CHECK_IN: 0.0, CheckMoment.CHECK_OUT: plan.duration_s}
    drawn = ((moment, ask(moment), at_s + CHECKS.settle_s) for moment, at_s in ends_s.items())
    return {moment: OnScreen(challenge, at_s) for moment, challenge, at_s in drawn if challenge is not None}


def _sensors(staged: StagedVisit, home: ThermalHome, asked: Sequence[OnScreen]) -> list[Sensor[Reading]]:
    """The sensors that this device was fitted with."""
    script = staged.script
    sensors: list[Sensor[Reading]] = [
        SimulatedCamera(script, _frame_times_s(script.duration_s), asked=asked),
        SimulatedMicrophone(script),
        SimulatedThermalArray(script, home),
        SimulatedReceiver(script),
    ]
    return [one for one in sensors if not whole_visit(script, one.modality, NotObservedReason.SENSOR_ABSENT)]


def _frame_times_s(duration_s: float) -> list[float]:
    """The camera runs while the device looks; at other times its pictures would be dropped unseen."""
    ends = [(start_s, FACE_CHECK_S, CAMERA_INTERVAL_S) for start_s in (0.0, duration_s)]
    looks_s = np.arange(DURING_CHECK_EVERY_S, duration_s, DURING_CHECK_EVERY_S).tolist()
    during = [(start_s, DURING_LOOK_S, DURING_INTERVAL_S) for start_s in looks_s]
    return sorted(
        float(at_s)
        for start_s, length_s, interval_s in (*ends, *during)
        for at_s in np.arange(start_s, start_s + length_s, interval_s)
    )

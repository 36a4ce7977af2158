"""A staged visit lived for real: simulated sensors, but the device's own perception, sealing and outbox.

Example::

    visit = live(staged, folder_of_the_device, Path("models/registry.toml"))
"""

from collections.abc import Callable, Sequence
from contextlib import closing
from dataclasses import replace
from pathlib import Path
from random import Random
from zlib import crc32

import numpy as np
from numpy.typing import NDArray

from edge_agent.actions import CheckIn, CheckOut, ItemFinished, ItemStarted, VisitEvent
from edge_agent.bootstrap import build_witness, open_outbox
from edge_agent.check_plan import asker
from edge_agent.identity import open_identity
from edge_agent.perception.face import enrol_face
from edge_agent.perception.face_choice import open_face_engine
from edge_agent.perception.model_store import ModelStore
from edge_agent.perception.voice import VoiceEncoder, enrol_voice
from edge_agent.ports import Sensor
from edge_agent.readings import CameraFrame, Reading
from edge_agent.roster import MemoryRoster
from edge_agent.settings import BedSettings, CheckSettings, Settings, SiteSettings
from sim.camera import SimulatedCamera
from sim.performance import OnScreen
from sim.position import SimulatedReceiver
from sim.script import Sky, VisitScript
from sim.sound.microphone import SimulatedMicrophone
from sim.sound.speech import synthesise_speech
from sim.staging.choreography import DURING_CHECK_EVERY_S, FACE_CHECK_S, during_checks, live_face
from sim.staging.plan import Plan
from sim.staging.visits import StagedVisit
from sim.staging.world import Caregiver
from sim.thermal.array import SimulatedThermalArray
from sim.thermal.home import ThermalHome
from visit_record.record import Consent, PlannedOrder
from visit_record.visit_id import visit_id
from visit_record.vocabulary import CheckMoment, IdentityMethod, Modality

CONSENT_TEXT = "2026-1"
# Often enough to see eyes shut for a moment.
CAMERA_INTERVAL_S = 0.25
DURING_INTERVAL_S = 1.0
DURING_LOOK_S = 2.0
ENROLMENT_TAKES = 3
ENROLMENT_TAKE_S = 8.0
CHECKS = CheckSettings(
    check_in_s=FACE_CHECK_S, during_every_s=DURING_CHECK_EVERY_S, during_s=DURING_LOOK_S, check_out_s=FACE_CHECK_S
)


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
            settings,
            identity,
            outbox,
            enrolled(staged.plan.home.caregivers, registry),
            lambda at_ms: staged.plan.started_at_ms + at_ms,
        )
        witness = replace(
            witness,
            entropy=lambda _count: entropy,
            ask=lambda moment: asked[moment].challenge if moment in asked else None,
        )
        witness.witness(_sensors(staged, home, tuple(asked.values())), _events(staged), progress)
    return visit_id(staged.plan.started_at_ms, entropy)


def enrolled(caregivers: Sequence[Caregiver], registry: Path) -> MemoryRoster:
    """Caregivers as they enrolled: on another day, in another light, with other words."""
    store = ModelStore.open(registry)
    encoder, engine = VoiceEncoder(store), open_face_engine(store)
    faces = {caregiver.id: enrol_face(_enrolment_frames(caregiver), engine) for caregiver in caregivers}
    voices = {caregiver.id: enrol_voice(encoder, _enrolment_takes(caregiver)) for caregiver in caregivers}
    return MemoryRoster(faces, voices)


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
    script = staged.script
    return [
        SimulatedCamera(script, _frame_times_s(script.duration_s), asked=asked),
        SimulatedMicrophone(script),
        SimulatedThermalArray(script, home),
        SimulatedReceiver(script),
    ]


def _frame_times_s(duration_s: float) -> list[float]:
    """The camera runs while the device looks; at other times its pictures would be dropped unseen."""
    ends = [(start_s, FACE_CHECK_S, CAMERA_INTERVAL_S) for start_s in (0.0, duration_s)]
    during = [(start_s, DURING_LOOK_S, DURING_INTERVAL_S) for start_s in during_checks(duration_s)]
    return sorted(
        float(at_s)
        for start_s, length_s, interval_s in (*ends, *during)
        for at_s in np.arange(start_s, start_s + length_s, interval_s)
    )


def _events(staged: StagedVisit) -> list[VisitEvent]:
    plan = staged.plan
    events: list[VisitEvent] = [_check_in(plan)]
    for claim in plan.claims:
        events += [ItemStarted(_ms(claim.start_s), claim.item), ItemFinished(_ms(claim.end_s), claim.item)]
    return [*events, CheckOut(_ms(plan.duration_s))]


def _check_in(plan: Plan) -> CheckIn:
    order = PlannedOrder(f"order-{plan.visit_seed}", plan.started_at_ms, plan.duration_s, plan.home.items)
    consents = tuple(Consent(modality, modality not in plan.withheld, CONSENT_TEXT) for modality in Modality)
    return CheckIn(0, plan.caregiver.id, plan.home.recipient, order, consents, IdentityMethod.FACE)


def _ms(at_s: float) -> int:
    return round(1000 * at_s)


def _enrolment_frames(caregiver: Caregiver) -> list[CameraFrame]:
    script = VisitScript(
        seed=crc32(caregiver.id.encode()),
        started_at_ms=0,
        duration_s=FACE_CHECK_S,
        stays=(),
        noises=(),
        appearances=(live_face(0, caregiver.portrait),),
        sky=Sky(0.0, 0.0),
    )
    return list(SimulatedCamera(script, [0.0, 1.5, 3.0]).readings())


def _enrolment_takes(caregiver: Caregiver) -> list[NDArray[np.float32]]:
    rng = np.random.default_rng([crc32(caregiver.id.encode()), 0x564F])
    return [synthesise_speech(caregiver.voice, ENROLMENT_TAKE_S, rng) for _ in range(ENROLMENT_TAKES)]

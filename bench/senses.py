"""What an hour's visit costs the device, sense by sense, in shares of one core."""

import resource
from collections.abc import Iterator
from pathlib import Path

import numpy as np

from bench.timing import seconds_each
from edge_agent.perception.face import FacePerceiver
from edge_agent.perception.model_store import ModelStore
from edge_agent.perception.occupancy import OccupancyPerceiver
from edge_agent.perception.sound import CareSoundClassifier, SoundFramer
from edge_agent.perception.voice_perceiver import VoicePerceiver
from sim.camera import SimulatedCamera
from sim.lived import CHECKS, enrolled
from sim.sound.microphone import SimulatedMicrophone
from sim.sound.speech import synthesise_speech
from sim.staging.plan import plan_visit
from sim.staging.visits import stage
from sim.staging.world import build_world
from sim.thermal.array import SimulatedThermalArray
from sim.thermal.home import ThermalHome
from visit_record.vocabulary import Typology

REGISTRY = Path(__file__).parent.parent / "models" / "registry.toml"
HOP_S = 0.48
SPEECH_SHARE = 0.3
VISIT_S = 3600.0


def measure() -> Iterator[tuple[str, float, float]]:
    """(what, CPU seconds each, CPU seconds in a second of visit)."""
    store = ModelStore.open(REGISTRY)
    home = build_world(seed=3).homes[0]
    caregiver = home.caregivers[0]
    script = stage(plan_visit(1, home, caregiver, 0, duration_s=600.0), Typology.GENUINE).script
    roster = enrolled([caregiver], REGISTRY)

    windows = [w for block in SimulatedMicrophone(script).readings() for w in SoundFramer().windows(block)][:200]
    classifier = CareSoundClassifier(store)
    each_s = seconds_each(lambda: [classifier.classify(window) for window in windows], 1) / len(windows)
    yield "sound: a window of 0.96 s, hop 0.48 s", each_s, each_s / HOP_S

    speech = synthesise_speech(caregiver.voice, 30.0, np.random.default_rng(1))
    listener = VoicePerceiver(store, roster.voice(caregiver.id))
    hop = int(16_000 * HOP_S)
    pieces = [speech[start : start + 2 * hop] for start in range(0, len(speech) - 2 * hop, hop)]
    each_s = seconds_each(lambda: [listener.hear(0, piece, 1.0) for piece in pieces], 1) / len(pieces)
    yield f"voice: 0.48 s of speech, {SPEECH_SHARE:.0%} of the visit", each_s, SPEECH_SHARE * each_s / HOP_S

    frames = list(SimulatedThermalArray(script, ThermalHome.seeded(1)).readings())[:300]
    watcher = OccupancyPerceiver(store, ThermalHome.seeded(1).bed)
    each_s = seconds_each(lambda: [watcher.perceive(frame) for frame in frames], 1) / len(frames)
    yield "heat: a frame of 24x32, one a second", each_s, each_s

    pictures = list(SimulatedCamera(script, [0.0, 1.0, 2.0, 3.0]).readings())
    looker = FacePerceiver(caregiver.id, roster.faces())
    each_s = seconds_each(lambda: [looker.perceive(picture) for picture in pictures], 1) / len(pictures)
    yield "face: a picture of 480x640 looked at", each_s, each_s * _pictures_a_visit() / VISIT_S


def resident_mib() -> float:
    """The most memory that this process held, MiB."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def _pictures_a_visit() -> float:
    """At the device's own pace, with a face before the camera whenever it looks."""
    looked_s = CHECKS.check_in_s + CHECKS.check_out_s + CHECKS.during_s * (VISIT_S // CHECKS.during_every_s)
    return looked_s * 1000 / CHECKS.frame_interval_ms

"""Sounds of care out of a loudspeaker."""

from collections.abc import Iterator
from dataclasses import replace
from zlib import crc32

import numpy as np

from sim.script import Noise, VisitScript
from sim.staging.care import care_noises
from sim.staging.circumstances import Circumstances
from sim.staging.frauds_absence import IDLE_SEEN, at_both_ends, idle, in_and_out
from sim.staging.plan import one_after_another
from sim.staging.scene import Scene, household_stays, recipient, television, written
from visit_record.vocabulary import SoundCue

RECORDING_S = 5400.0
RECORDED = ("feeding", "sponge_bath", "hair_washing", "bed_making", "oral_care", "dressing")


def plays_to_empty_room(scene: Scene) -> VisitScript:
    """A loudspeaker plays the sounds of care to a recipient whom the caregiver has left."""
    stays = (*recipient(scene), *household_stays(scene), *at_both_ends(scene))
    return written(scene, stays, (*television(scene), *in_and_out(scene), *_recording(scene, spoken=True)))


def plays_wordless(scene: Scene) -> VisitScript:
    """As :func:`plays_to_empty_room`, a recording on which nobody speaks."""
    stays = (*recipient(scene), *household_stays(scene), *at_both_ends(scene))
    return written(scene, stays, (*television(scene), *in_and_out(scene), *_recording(scene, spoken=False)))


def plays_and_sits(scene: Scene) -> VisitScript:
    """The caregiver sits beside the loudspeaker."""
    stays = (*recipient(scene), *household_stays(scene), *idle(scene, 0, scene.end_s))
    noises = (*television(scene), *in_and_out(scene), *_recording(scene, spoken=scene.chance(0.5)))
    return written(scene, stays, noises, IDLE_SEEN)


def _recording(scene: Scene, *, spoken: bool) -> Iterator[Noise]:
    """The one recording that this caregiver has, played from its beginning: the same sounds in every visit."""
    caregiver = scene.plan.caregiver
    played = np.random.default_rng([0x5250, crc32(caregiver.id.encode())])
    studio = replace(scene, rng=played, around=Circumstances())
    items = played.permutation(RECORDED).tolist()
    takes = one_after_another(items, RECORDING_S, lengths=[0.8] * len(items))
    for take in takes:
        for noise in care_noises(studio, take, (caregiver.voice,)):
            if spoken or noise.cue is not SoundCue.SPEECH:
                yield noise

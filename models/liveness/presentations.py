"""Staged checks: a person or an attack before the simulated camera, as the device's own perception sees it."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from enum import StrEnum
from random import Random

import numpy as np
from msgspec import Struct, structs

from edge_agent.observations import FaceObservation
from edge_agent.perception.antispoof import AntiSpoof
from edge_agent.perception.array_view import Area
from edge_agent.perception.challenge import Challenge, draw_challenge
from edge_agent.perception.face import FacePerceiver
from edge_agent.perception.face_cues import FaceCues
from edge_agent.perception.face_library import FaceLibrary
from edge_agent.perception.warm_face import is_warm
from sim.camera import SimulatedCamera
from sim.performance import OnScreen
from sim.portraits import Cutout, load_portrait
from sim.script import Appearance, Portrait, ShownAs, Sky, VisitScript
from sim.thermal.warm_view import HALF, MIDDLE, WarmView

CHECK_S, ASKED_AT_S, LOOK_EVERY_S = 11.25, 2.0, 0.25
TIMES_S: tuple[float, ...] = tuple(np.arange(0, CHECK_S, LOOK_EVERY_S).tolist())
# Three looks of a face at rest, for what does not need its movements.
RESTING_S = (0.0, 1.0, 2.0)
FACE = Area(MIDDLE[0] - 0.7 * HALF[0], MIDDLE[1] - HALF[1], MIDDLE[0] + HALF[0], MIDDLE[1] + HALF[1])
ARRAY = (24, 32)
Portraits = Callable[[Portrait], Cutout]


class Kind(StrEnum):
    """A living person, and each way of attacking that is told apart."""

    LIVING = "living person"
    PRINT = "print, bent and tilted"
    CUT_OUT = "cut-out with eye holes"
    STILL = "photograph on a screen"
    OTHER_FILM = "film of another challenge"
    RIGHT_FILM = "film of the right challenge"


SHOWN = {
    Kind.LIVING: ShownAs.LIVE,
    Kind.PRINT: ShownAs.PHOTO,
    Kind.CUT_OUT: ShownAs.CUT_OUT,
    Kind.STILL: ShownAs.SCREEN,
    Kind.OTHER_FILM: ShownAs.REPLAY,
    Kind.RIGHT_FILM: ShownAs.REPLAY,
}


class Presentation(Struct, frozen=True):
    """What was asked, and every look at what was shown; ``who`` and ``seed`` tell it from others."""

    who: str
    seed: int

    kind: Kind
    challenge: Challenge
    looks: tuple[FaceObservation, ...]


@dataclass(frozen=True)
class Who:
    """A face, and where its pictures come from."""

    name: str
    portrait: Portrait
    portraits: Portraits = load_portrait


def present(kind: Kind, seed: int, who: Who, eyes: "Eyes", times_s: Sequence[float] = TIMES_S) -> Presentation:
    """Stage one check, looked at at the times given; the same for the same arguments."""
    rng = Random(seed)
    challenge = draw_challenge(rng)
    acted = challenge
    while kind is Kind.OTHER_FILM and acted == challenge:
        acted = draw_challenge(rng)
    shown = Appearance(0, CHECK_S, who.portrait, SHOWN[kind], turns_head=True)
    camera = SimulatedCamera(
        VisitScript(seed, 0, CHECK_S, (), (), (shown,), Sky(0.0, 0.0)),
        times_s,
        asked=(OnScreen(acted, ASKED_AT_S),),
        portraits=who.portraits,
    )
    perceiver = eyes.open()
    looks = [perceiver.perceive(frame) for frame in camera.readings()]
    return Presentation(who.name, seed, kind, challenge, tuple(looks))


@dataclass(frozen=True)
class Eyes:
    """The device's perception of faces, opened anew for each check; ``antispoof`` where MiniFASNet is at hand."""

    library: FaceLibrary
    antispoof: AntiSpoof | None = None

    def open(self) -> FacePerceiver:
        """A perceiver that expects nobody: identity is another card's business."""
        return FacePerceiver("", {}, self.library, cues=FaceCues(self.antispoof))


def felt(shown: Presentation, array: tuple[int, int] = ARRAY) -> Presentation:
    """The presentation, with what an array beside the camera would have said of the face's warmth at each look."""
    rng = np.random.default_rng([shown.seed, 0x484541])
    view = WarmView.seeded(SHOWN[shown.kind], rng)
    looks = (structs.replace(look, warm=is_warm(view.frame(*array, rng), FACE)) for look in shown.looks if look.faces)
    return structs.replace(shown, looks=tuple(looks))

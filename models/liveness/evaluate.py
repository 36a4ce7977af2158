"""Measure liveness through the device's own perception, on staged presentations: synthetic data alone.

    python -m models.liveness.evaluate --choose --models FOLDER      # one portrait, for choosing thresholds
    python -m models.liveness.evaluate --models FOLDER               # the other portrait, to report
    python -m models.liveness.evaluate --data ../shared/data         # people of the ORL photographs, to report
    python -m models.liveness.evaluate --data ../shared/data --turned    # how far their real heads turn

Rates are those of ISO/IEC 30107-3. ``--models`` is the folder of the two MiniFASNet files, where they are at hand.
What was staged is kept in ``--build`` as the device's observations, and staged no second time.
"""

import argparse
import hashlib
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from math import sqrt
from pathlib import Path
from statistics import fmean, median

import cv2
import msgspec
import numpy as np
from msgspec import structs

from edge_agent.observations import FaceObservation
from edge_agent.perception.antispoof import AntiSpoof
from edge_agent.perception.face_library import FaceLibrary
from edge_agent.perception.liveness import liveness_of
from edge_agent.perception.model_store import ModelEntry, ModelStore
from edge_agent.perception.movements import Step, looks_at, rest_of
from edge_agent.readings import CameraFrame
from edge_agent.sensors.picture_files import read_picture
from models.liveness.people import first_cutout, photographs, portraits_of
from models.liveness.presentations import ASKED_AT_S, Eyes, Kind, Presentation, Who, felt, present
from sim.script import Portrait
from visit_record.record import Liveness, NotObserved

CHOOSING_SEED, REPORTING_SEED, PEOPLE_SEED = 10_000, 20_000, 30_000
FILES = {"antispoof_2_7": "2.7_80x80_MiniFASNetV2.onnx", "antispoof_4_0": "4_0_0_80x80_MiniFASNetV1SE.onnx"}
CUES = {"warm": None, "live_probability": None, "grid": None}
Verdict = Liveness | NotObserved


def only(*cues: str) -> Callable[[Presentation], Verdict]:
    """Judge a presentation by its challenge and the cues named alone."""

    def judged(shown: Presentation) -> Verdict:
        left_out = {cue: None for cue in CUES if cue not in cues}
        looks = [structs.replace(look, **left_out) for look in shown.looks]
        return liveness_of(looks, shown.challenge, round(1000 * ASKED_AT_S))

    return judged


METHODS: Mapping[str, Callable[[Presentation], Verdict]] = {
    "challenge": only(),
    "challenge, grid": only("grid"),
    "challenge, warm face": only("warm"),
    "challenge, MiniFASNet": only("live_probability"),
    "all": only(*CUES),
}


def store_of(folder: Path) -> ModelStore:
    """A store of the two MiniFASNet files of a folder."""
    rows = {
        role: ModelEntry(role, name, hashlib.sha256((folder / name).read_bytes()).hexdigest(), "", "", "", "", "")
        for role, name in FILES.items()
    }
    return ModelStore(folder, rows)


def wilson(count: int, of: int) -> str:
    """A share with its 95% interval (Wilson)."""
    if of == 0:
        return "-"
    z, p = 1.96, count / of
    middle, half = p + z * z / (2 * of), z * sqrt(p * (1 - p) / of + z * z / (4 * of * of))
    low, high = (middle - half) / (1 + z * z / of), (middle + half) / (1 + z * z / of)
    return f"{p:.2f} [{max(0.0, low):.2f}, {min(1.0, high):.2f}]"


def table(shown: Sequence[Presentation]) -> Iterator[str]:
    """A line for each kind: by method, how many passed, failed and could not be observed."""
    yield "| kind | n | " + " | ".join(METHODS) + " |"
    yield "|---|---|" + "---|" * len(METHODS)
    for kind in Kind:
        ours = [one for one in shown if one.kind is kind]
        if ours:
            cells = (_cell(kind, [judge(one) for one in ours]) for judge in METHODS.values())
            yield f"| {kind.value} | {len(ours)} | " + " | ".join(cells) + " |"


def _cell(kind: Kind, verdicts: Sequence[Verdict]) -> str:
    """BPCER of living people, APCER of attacks, and the rate without an answer."""
    wrong = [isinstance(one, Liveness) and one.passed is not (kind is Kind.LIVING) for one in verdicts]
    silent = sum(isinstance(one, NotObserved) for one in verdicts)
    return f"{wilson(sum(wrong), len(verdicts))}; {silent / len(verdicts):.2f}"


def spread(shown: Sequence[Presentation]) -> Iterator[str]:
    """What thresholds are chosen by: each check's figures, by kind, in order."""

    def of(looks: Sequence[FaceObservation], name: str, middle: Callable[[Sequence[float]], float]) -> float | None:
        values = [value for look in looks if (value := getattr(look, name)) is not None]
        return round(middle(values), 2) if values else None

    for kind in Kind:
        ours = [one.looks for one in shown if one.kind is kind]
        for name, middle in (("grid", median), ("live_probability", fmean), ("warm", fmean)):
            figures = sorted(value for looks in ours if (value := of(looks, name, middle)) is not None)
            yield f"{kind.value}, {name}: {figures}"


@dataclass(frozen=True)
class Part:
    """A face, the kinds it is shown in, and the seeds."""

    who: Who
    kinds: tuple[Kind, ...]
    seeds: range

    def missing(self, there: Sequence[Presentation]) -> Iterator[tuple[Kind, int]]:
        """What of it was not yet staged; living people are staged twice as often as each attack."""
        done = {(one.who, one.kind, one.seed) for one in there}
        for number, seed in enumerate(self.seeds):
            wanted = [kind for kind in self.kinds if kind is Kind.LIVING or number < len(self.seeds) // 2]
            yield from ((kind, seed) for kind in wanted if (self.who.name, kind, seed) not in done)


def staged(parts: Sequence[Part], kept: Path, eyes: Eyes) -> list[Presentation]:
    """Stage what is not yet kept, keeping each as soon as it is made: looks hold no picture."""
    kept.parent.mkdir(parents=True, exist_ok=True)
    lines = kept.read_bytes().splitlines() if kept.exists() else []
    there = [msgspec.json.decode(line, type=Presentation) for line in lines]
    with kept.open("ab") as file:
        for part in parts:
            for kind, seed in part.missing(there):
                there.append(present(kind, seed, part.who, eyes))
                file.write(msgspec.json.encode(there[-1]) + b"\n")
                file.flush()
    return [felt(one) for one in there]


def of_portrait(portrait: Portrait, first_seed: int, attacks: int) -> list[Part]:
    """Every kind, of one portrait."""
    return [Part(Who(portrait.value, portrait), tuple(Kind), range(first_seed, first_seed + 2 * attacks))]


def of_people(orl: Path, library: FaceLibrary, count: int) -> list[Part]:
    """Some kinds, of people whose photographs have no colour and few pixels: only the challenge counts."""
    kinds = (Kind.LIVING, Kind.PRINT, Kind.CUT_OUT)
    people = list(photographs(orl).items())[:count]
    return [
        Part(
            Who(name, Portrait.ASTRONAUT, portraits_of(first_cutout(paths, library))),
            kinds,
            range(PEOPLE_SEED + 2 * number, PEOPLE_SEED + 2 * number + 2),
        )
        for number, (name, paths) in enumerate(people)
    ]


def turned_heads(orl: Path, eyes: Eyes) -> Iterator[str]:
    """How far real heads turn and real eyes close from one photograph of a person to another."""
    turns, closed, seen = {Step.TURN_LEFT: 0, Step.TURN_RIGHT: 0}, 0, 0
    people = photographs(orl)
    for paths in people.values():
        looks = [look for path in paths if (look := _photographed(path, eyes)).yaw is not None]
        rest, seen = rest_of(looks), seen + len(looks)
        for step in turns:
            turns[step] += any(look.amount >= 1 for look in looks_at(step, looks, rest))
        closed += sum(look.amount >= 1 for look in looks_at(Step.BLINK, looks, rest))
    yield f"{seen} photographs of {len(people)} people; each against the median of that person's:"
    yield f"people with a whole turn left {turns[Step.TURN_LEFT]}, right {turns[Step.TURN_RIGHT]}"
    yield f"photographs with eyes as shut as a blink asks {closed}"


def _photographed(path: Path, eyes: Eyes) -> FaceObservation:
    rgb = np.asarray(cv2.resize(read_picture(path), None, fx=4, fy=4, interpolation=cv2.INTER_CUBIC), np.uint8)
    return eyes.open().perceive(CameraFrame(0, rgb))


def main() -> None:
    """Print the tables of the card."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--models", type=Path)
    parser.add_argument("--choose", action="store_true")
    parser.add_argument("--data", type=Path)
    parser.add_argument("--turned", action="store_true")
    parser.add_argument("--attacks", type=int, default=12)
    parser.add_argument("--build", type=Path, default=Path("build/liveness"))
    asked = parser.parse_args()
    eyes = Eyes(FaceLibrary(), AntiSpoof(store_of(asked.models)) if asked.models else None)
    if asked.data:
        parts = of_people(asked.data / "faces" / "orl", eyes.library, asked.attacks)
    elif asked.choose:
        parts = of_portrait(Portrait.GRACE_HOPPER, CHOOSING_SEED, asked.attacks)
    else:
        parts = of_portrait(Portrait.ASTRONAUT, REPORTING_SEED, asked.attacks)
    if asked.turned:
        print("\n".join(turned_heads(asked.data / "faces" / "orl", eyes)))  # noqa: T201
        return
    name = "people" if asked.data else "choosing" if asked.choose else "reporting"
    shown = staged(parts, asked.build / f"{name}.jsonl", eyes)
    for line in (*table(shown), *(spread(shown) if asked.choose else ())):
        print(line)  # noqa: T201


if __name__ == "__main__":
    main()

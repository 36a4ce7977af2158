"""Measure liveness through the device's own perception, on staged presentations: synthetic data alone.

    python -m models.liveness.evaluate --choose --models FOLDER      # one portrait, for choosing thresholds
    python -m models.liveness.evaluate --models FOLDER               # the other portrait, to report
    python -m models.liveness.evaluate --resting --models FOLDER     # more of that portrait, three looks each
    python -m models.liveness.evaluate --heat                        # warmth alone
    python -m models.liveness.evaluate --data ../shared/data         # people of the ORL photographs, to report
    python -m models.liveness.evaluate --data ../shared/data --turned    # how far their real heads turn

Rates are those of ISO/IEC 30107-3. ``--models`` is the folder of the two MiniFASNet files, where they are at hand.
What was staged is kept in ``--build`` as the device's observations, and staged no second time.
"""

import argparse
import hashlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import cv2
import msgspec
import numpy as np

from edge_agent.observations import FaceObservation
from edge_agent.perception.antispoof import AntiSpoof
from edge_agent.perception.face_library import FaceLibrary
from edge_agent.perception.model_store import ModelEntry, ModelStore
from edge_agent.perception.movements import Step, looks_at, rest_of
from edge_agent.readings import CameraFrame
from edge_agent.sensors.picture_files import read_picture
from models.liveness.people import first_cutout, photographs, portraits_of
from models.liveness.presentations import RESTING_S, TIMES_S, Eyes, Kind, Presentation, Who, felt, present
from models.liveness.tables import heat_table, resting_table, spread, table
from sim.script import Portrait

CHOOSING_SEED, REPORTING_SEED, PEOPLE_SEED, RESTING_SEED = 10_000, 20_000, 30_000, 40_000
FILES = {"antispoof_2_7": "2.7_80x80_MiniFASNetV2.onnx", "antispoof_4_0": "4_0_0_80x80_MiniFASNetV1SE.onnx"}


def store_of(folder: Path) -> ModelStore:
    """A store of the two MiniFASNet files of a folder."""
    rows = {
        role: ModelEntry(role, name, hashlib.sha256((folder / name).read_bytes()).hexdigest(), "", "", "", "", "")
        for role, name in FILES.items()
    }
    return ModelStore(folder, rows)


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


def staged(parts: Sequence[Part], kept: Path, eyes: Eyes, times_s: Sequence[float] = TIMES_S) -> list[Presentation]:
    """Stage what is not yet kept, keeping each as soon as it is made: looks hold no picture."""
    kept.parent.mkdir(parents=True, exist_ok=True)
    lines = kept.read_bytes().splitlines() if kept.exists() else []
    there = [msgspec.json.decode(line, type=Presentation) for line in lines]
    with kept.open("ab") as file:
        for part in parts:
            for kind, seed in part.missing(there):
                there.append(present(kind, seed, part.who, eyes, times_s))
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


def resting(portrait: Portrait, first_seed: int, count: int) -> list[Part]:
    """Looks at a face at rest, and at it held up: a film's are like a still's until something is asked."""
    kinds = (Kind.LIVING, Kind.PRINT, Kind.CUT_OUT, Kind.RIGHT_FILM)
    return [Part(Who(portrait.value, portrait), kinds, range(first_seed, first_seed + 2 * count))]


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
    asked = _asked()
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
    if asked.heat:
        print("\n".join(heat_table(5 * asked.attacks)))  # noqa: T201
        return
    if asked.resting:
        parts = resting(Portrait.ASTRONAUT, RESTING_SEED, asked.attacks)
        shown = staged(parts, asked.build / "resting.jsonl", eyes, RESTING_S)
        print("\n".join(resting_table(shown)))  # noqa: T201
        return
    name = "people" if asked.data else "choosing" if asked.choose else "reporting"
    shown = staged(parts, asked.build / f"{name}.jsonl", eyes)
    for line in (*table(shown), *(spread(shown) if asked.choose else ())):
        print(line)  # noqa: T201


def _asked() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--models", type=Path)
    parser.add_argument("--choose", action="store_true")
    parser.add_argument("--data", type=Path)
    for option in ("--turned", "--resting", "--heat"):
        parser.add_argument(option, action="store_true")
    parser.add_argument("--attacks", type=int, default=12)
    parser.add_argument("--build", type=Path, default=Path("build/liveness"))
    asked = parser.parse_args()
    if asked.turned and not asked.data:
        parser.error("--turned needs --data, the folder of the recordings")
    return asked


if __name__ == "__main__":
    main()

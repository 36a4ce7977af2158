"""Measure faces on ORL: ``python -m models.face.evaluate DATA [verification] [detection] [gate] [timing]``.

The card holds what it prints. YuNet is measured too where ``yunet_n_320_320.onnx`` lies in ``models`` beside DATA.
"""

import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path

import cv2
import numpy as np

from edge_agent.perception.face import enrol_face
from edge_agent.perception.face_engine import FaceEngine
from edge_agent.perception.face_library import DETECTION_ROWS, FaceLibrary
from edge_agent.perception.face_opencv import OpenCvFaces, YuNet
from edge_agent.readings import CameraFrame
from models.face.detection import false_faces, found_by_distance
from models.face.gate import judged
from models.face.orl import Photo, halves, photographs
from models.face.rates import Trials, Whole, accepted, interval, missed, threshold_at
from models.face.staged import heads_of, portraits
from models.face.timing import timed_check
from models.face.verification import RememberingEngine, verify
from sim.portraits import load_portrait
from sim.script import Portrait

FALSE_MATCH_RATES = (0.001, 0.01)
ENROLMENTS: Mapping[str, Sequence[set[int]]] = {
    "one photograph": [{number} for number in range(1, 11)],
    "three photographs": [{1, 2, 3}, {4, 5, 6}, {8, 9, 10}],
    "five photographs": [{1, 2, 3, 4, 5}, {6, 7, 8, 9, 10}],
}
HOG_ROWS: Sequence[tuple[int, ...]] = ((160,), (240,), (320,), (480,), DETECTION_ROWS)
YUNET_ROWS = (160, 240, 320)
DISTANT = frozenset({1, 4})
CHECKS = (1, 10, 60)
EACH_EMBEDDED = 10


def main(data: Path, parts: Sequence[str]) -> None:
    """Print the parts that are asked for, or all."""
    cv2.setNumThreads(1)
    photos = photographs(data)
    yunet = _yunet(data)
    engines = _engines(yunet)
    measures: Mapping[str, Callable[[], Iterator[str]]] = {
        "verification": lambda: _verification(photos, engines),
        "detection": lambda: _detection(photos, yunet),
        "gate": lambda: _gate(photos),
        "timing": lambda: _timing(engines),
    }
    for part in parts or measures:
        for line in measures[part]():
            sys.stdout.write(f"{line}\n")
            sys.stdout.flush()


def _yunet(data: Path) -> bytes | None:
    path = data.parent / "models" / "yunet_n_320_320.onnx"
    return path.read_bytes() if path.is_file() else None


def _engines(yunet: bytes | None) -> Mapping[str, FaceEngine]:
    library = FaceLibrary()
    if yunet is None:
        return {"dlib": library}
    return {"dlib": library, "YuNet and dlib": OpenCvFaces(library, YuNet(yunet), None)}


def _verification(photos: Sequence[Photo], engines: Mapping[str, FaceEngine]) -> Iterator[str]:
    choosing, reporting = (np.unique([photo.person for photo in half]) for half in halves(photos))
    for name, engine in engines.items():
        remembering = RememberingEngine(engine)
        for enrolment, numbers in ENROLMENTS.items():
            done = verify(photos, numbers, remembering)
            yield (
                f"{name}, enrolled from {enrolment}: {done.photographs} probes, {done.faceless} without a face,"
                f" {done.refused} not good enough, {done.not_enrolled} people not enrolled"
            )
            for rate in FALSE_MATCH_RATES:
                yield f"  {_chosen_and_reported(done.trials, choosing, reporting, rate)}"
                yield f"  {_pooled(done.trials, np.concatenate([choosing, reporting]), rate)}"


def _chosen_and_reported(trials: Trials, choosing: Whole, reporting: Whole, rate: float) -> str:
    threshold, held = threshold_at(trials.of(choosing).other, rate), trials.of(reporting)
    low, high = interval(trials, reporting, lambda drawn: missed(drawn.same, threshold))
    least, most = interval(trials, reporting, lambda drawn: accepted(drawn.other, threshold))
    return (
        f"FMR {rate:.1%} on half the people at {threshold:.3f}; on the others FNMR"
        f" {missed(held.same, threshold):.2%} ({low:.2%}..{high:.2%}) of {len(held.same)}, FMR"
        f" {accepted(held.other, threshold):.2%} ({least:.2%}..{most:.2%}) of {len(held.other)};"
        f" same {held.same.mean():.3f}, least {held.same.min():.3f}; other {held.other.mean():.3f}, most"
        f" {held.other.max():.3f}"
    )


def _pooled(trials: Trials, people: Whole, rate: float) -> str:
    def fnmr(drawn: Trials) -> float:
        return missed(drawn.same, threshold_at(drawn.other, rate))

    whole = trials.of(people)
    low, high = interval(trials, people, fnmr)
    return (
        f"all people: FNMR {fnmr(whole):.2%} ({low:.2%}..{high:.2%}) of {len(whole.same)} at FMR {rate:.1%}, which is"
        f" {int(rate * len(whole.other))} of {len(whole.other)} (threshold {threshold_at(whole.other, rate):.3f});"
        f" own least {whole.same.min():.3f}, other most {whole.other.max():.3f}"
    )


def _detection(photos: Sequence[Photo], yunet: bytes | None) -> Iterator[str]:
    library = FaceLibrary()
    heads = [*portraits(library), *heads_of([photo for photo in photos if photo.number in DISTANT], library)]
    tried: dict[str, FaceEngine] = {
        f"HOG at {' then '.join(map(str, rows))} rows": FaceLibrary(rows) for rows in HOG_ROWS
    }
    tried |= {f"YuNet at {rows} rows": OpenCvFaces(library, YuNet(yunet, rows), None) for rows in YUNET_ROWS if yunet}
    for name, engine in tried.items():
        found = found_by_distance(engine, heads)
        told = ", ".join(f"{one.distance_m} m {one.share:.0%} {one.median_ms:.0f} ms" for one in found)
        yield f"{name}: {told}; {sum(one.astray for one in found)} astray; {false_faces(engine)} in empty rooms"


def _gate(photos: Sequence[Photo]) -> Iterator[str]:
    for half, name in zip(halves(photos), ("people to choose on", "people to report on"), strict=True):
        yield f"{name}:"
        yield from (f"  {line}" for line in judged(half, FaceLibrary()))


def _timing(engines: Mapping[str, FaceEngine]) -> Iterator[str]:
    portrait = CameraFrame(0, load_portrait(Portrait.ASTRONAUT).rgb)
    for name, engine in engines.items():
        template = enrol_face([portrait], engine)
        for frames in CHECKS:
            check = timed_check(frames, engine, template)
            yield (
                f"{name}: {frames} frames to verdict {check.whole_ms:.0f} ms, {check.embedded} embedded, first"
                f" similarity after {check.first_verdict_ms:.0f} ms"
            )
        each = timed_check(EACH_EMBEDDED, engine, template, paced=False)
        yield f"{name}: {EACH_EMBEDDED} frames, each embedded {each.whole_ms:.0f} ms"


if __name__ == "__main__":
    main(Path(sys.argv[1]), sys.argv[2:])

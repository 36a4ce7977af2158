"""The tables of the card, from presentations that were staged. Pure."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from math import sqrt
from statistics import fmean, median

from msgspec import structs

from edge_agent.observations import FaceObservation
from edge_agent.perception.challenge import Challenge
from edge_agent.perception.liveness import LEAST_LIVE_PROBABILITY, MOST_GRID, cool_face, liveness_of
from models.liveness.presentations import ASKED_AT_S, Kind, Presentation, felt
from visit_record.record import Liveness, NotObserved

HEAT_SEED = 50_000
ARRAYS = ((24, 32), (8, 8))
CUES = ("warm", "live_probability", "grid")
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


def resting_table(shown: Sequence[Presentation]) -> Iterator[str]:
    """A line for each kind: the share that each cue speaks against, on three looks."""
    yield "| kind | n | grid | MiniFASNet | either |"
    yield "|---|---|---|---|---|"
    for kind in Kind:
        looks = [one.looks for one in shown if one.kind is kind]
        if looks:
            grid = [_told(ours, "grid", median) > MOST_GRID for ours in looks]
            spoof = [_told(ours, "live_probability", fmean) < LEAST_LIVE_PROBABILITY for ours in looks]
            either = [one or other for one, other in zip(grid, spoof, strict=True)]
            cells = " | ".join(wilson(sum(flags), len(flags)) for flags in (grid, spoof, either))
            yield f"| {kind.value} | {len(looks)} | {cells} |"


def heat_table(count: int) -> Iterator[str]:
    """What an array says of a face's warmth, on views of seeds that nothing else uses: not warm, cannot tell."""
    yield "| kind | n | " + " | ".join(f"{rows}x{columns}: not warm; cannot tell" for rows, columns in ARRAYS) + " |"
    yield "|---|---|" + "---|" * len(ARRAYS)
    for kind in (Kind.LIVING, Kind.PRINT, Kind.CUT_OUT, Kind.RIGHT_FILM):
        cells = []
        for array in ARRAYS:
            told = [judged_warmth(kind, HEAT_SEED + number, array) for number in range(count)]
            cells.append(f"{wilson(told.count(False), count)}; {told.count(None) / count:.2f}")
        yield f"| {kind.value} | {count} | " + " | ".join(cells) + " |"


def judged_warmth(kind: Kind, seed: int, array: tuple[int, int]) -> bool | None:
    """Whether a check of twelve looks would call the face warm."""
    looks = tuple(FaceObservation(1000 * number, 1) for number in range(12))
    told = [look.warm for look in felt(Presentation("", seed, kind, Challenge(()), looks), array).looks]
    if cool_face([FaceObservation(0, 1, warm=warm) for warm in told]):
        return False
    return None if all(warm is None for warm in told) else True


def _told(looks: Sequence[FaceObservation], name: str, middle: Callable[[Sequence[float]], float]) -> float:
    """NaN, which speaks against nobody, where nothing was told."""
    values = [value for look in looks if (value := getattr(look, name)) is not None]
    return middle(values) if values else float("nan")

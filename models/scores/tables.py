"""The card's tables, from what was measured: ``python -m models.scores.tables``. Pure."""

import sys
from collections.abc import Iterable, Iterator, Sequence

import numpy as np

from sim.senses.conditions import PLAIN
from sim.senses.half import Half
from sim.senses.measured import LivenessRow, MeasuredHalf, Outcome, RoomRow, SoundRow, Told, VoiceRow, shipped
from sim.senses.rooms import right, truth_of
from sim.senses.situations import SITUATIONS
from visit_record.vocabulary import SoundCue


def tables(half: MeasuredHalf) -> Iterator[str]:
    """Every table of one half, as lines of Markdown."""
    yield from ("", "| light | own, mean (least) | others, mean (most) | not compared |", "|---|---|---|---|")
    others = [value for row in half.faces for one in row.others for value in one]
    for share in half.faces[0].own:
        own = [value for row in half.faces for value in row.own[share]]
        yield f"| {share} | {_spread(own, np.min)} | {_spread(others, np.max)} | {_missing(own)} |"
    yield from ("", "| shown | light | checks | passed | failed | not observed |", "|---|---|---|---|---|---|")
    for shown, light in dict.fromkeys((row.shown, row.light) for row in half.liveness):
        yield _liveness(shown, light, [row for row in half.liveness if (row.shown, row.light) == (shown, light)])
    yield from ("", "| heard | own, mean | others, mean (most) | not told |", "|---|---|---|---|")
    yield from (_voices(name, half.voices) for name in half.voices[0].own)
    names = list(dict.fromkeys(name for row in half.sounds for name in row.heard))
    yield from ("", f"| cue | clips | {' | '.join(names)} | heard besides |", "|---|---|---|" + "---|" * len(names))
    yield from (_sounds(cue, names, half.sounds) for cue in dict.fromkeys(row.cue for row in half.sounds))
    yield from ("", "| noise alone | heard as |", "|---|---|")
    for level in half.steady[0].heard:
        yield f"| {level} | {_cues([row.heard[level] for row in half.steady])} |"
    yield from ("", "| decoy | all of it right | people | bed | bedside | two close |", "|---|---|---|---|---|---|")
    yield from (_rooms(decoy, half.rooms) for decoy in dict.fromkeys(row.decoy for row in half.rooms))


def _spread(values: Sequence[Told], end: object) -> str:
    told = [value for value in values if value is not None]
    return f"{np.mean(told):.2f} ({end(told):.2f})" if told and callable(end) else "none"


def _missing(values: Sequence[Told]) -> str:
    return f"{sum(value is None for value in values)} of {len(values)}"


def _liveness(shown: str, light: float, rows: Sequence[LivenessRow]) -> str:
    outcomes: list[Outcome] = [outcome for row in rows for outcome in row.outcomes]
    passed = sum(outcome is not None and outcome[1] for outcome in outcomes)
    unseen = sum(outcome is None for outcome in outcomes)
    return f"| {shown} | {light:g} | {len(outcomes)} | {passed} | {len(outcomes) - passed - unseen} | {unseen} |"


def _voices(name: str, rows: Sequence[VoiceRow]) -> str:
    own = [value for row in rows for value in row.own[name]]
    others = [value for row in rows for one in row.others[name] for value in one]
    return f"| {name} | {_spread(own, np.min)} | {_spread(others, np.max)} | {_missing([*own, *others])} |"


def _sounds(cue: SoundCue, names: Sequence[str], rows: Sequence[SoundRow]) -> str:
    ours = [row for row in rows if row.cue is cue]
    shares = (_share([row.heard[name].share for row in ours if name in row.heard]) for name in names)
    real = sum(row.real for row in ours)
    besides = _cues([row.heard[PLAIN].besides for row in ours])
    return f"| {cue} | {real or f'{len(ours)} staged'} | {' | '.join(shares)} | {besides} |"


def _share(shares: Sequence[float]) -> str:
    return f"{np.mean(shares):.2f}" if shares else ""


def _cues(rows: Iterable[dict[SoundCue, float]]) -> str:
    told = list(rows)
    means = {cue: sum(row.get(cue, 0.0) for row in told) / len(told) for cue in SoundCue}
    return ", ".join(f"{cue} {mean:.2f}" for cue, mean in means.items() if mean >= 0.02) or "nothing"


def _rooms(decoy: str, rows: Sequence[RoomRow]) -> str:
    ours = [row for row in rows if row.decoy == decoy]
    whole = np.mean([right(row.seen[one.name], one) for row in ours for one in SITUATIONS])
    fields = [np.mean([_field(row, place) for row in ours]) for place in range(4)]
    return f"| {decoy} | {whole:.3f} | {' | '.join(f'{share:.3f}' for share in fields)} |"


def _field(row: RoomRow, place: int) -> float:
    return float(
        np.mean(
            [
                sum(share for state, share in row.seen[one.name].states if state[place] == truth_of(one)[place])
                for one in SITUATIONS
            ]
        )
    )


def main() -> None:
    """Print the tables of both halves."""
    for half in Half:
        sys.stdout.write(f"\n## {half}\n" + "\n".join(tables(shipped().of(half))) + "\n")


if __name__ == "__main__":
    main()

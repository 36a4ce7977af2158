"""Fit the weights: ``python -m models.weighing.fit --out ingest_server/scoring/calibrations``. Seeded; some minutes.

Fitted on a draw of the worlds ``fitted`` and ``rougher`` and the half of the senses that goes with them; what a missing
sense weighs is chosen on another draw of the rougher. No two draws share a home, a person or a device.
"""

import argparse
import sys
from functools import partial, reduce
from pathlib import Path

import numpy as np
from msgspec.structs import replace
from rich.progress import Progress

from ingest_server.scoring.calibration import Calibration, check_calibration
from ingest_server.scoring.evidence import EVIDENCE_IDS
from models.weighing.absence import Alarms, absences, complete, suspicion_of
from models.weighing.curves import planned, sources
from models.weighing.fusion import Held, fused
from models.weighing.single_cue import cut_off
from models.weighing.staged import Drawn, Measured, measured
from models.weighing.table import FAKED, ITEM_BOUND_DB, table_of, text_of
from visit_record.vocabulary import Typology

WORLDS, CHOOSING = ("fitted", "rougher"), "rougher"
FAKED_SHARE = 0.4
FALSE_ALARMS = 0.01
HEAD = (
    "Weights in decibans (10 * log10 of the likelihood ratio) of each way of faking against `genuine`. Written by",
    "`python -m models.weighing.fit`; what it rests on, and how well it does, say models/weighing/CARD.md and",
    "docs/benchmark.md. Homes, people and visits are staged: synthetic data, but for the scores of the senses.",
)


def main() -> None:
    """Fit, choose, and write the table."""
    asked = _arguments()
    with Progress() as progress:
        draw = partial(_drawn, progress, asked)
        parts = [draw(f"visits to fit on, {world}", world, asked.seed + nth) for nth, world in enumerate(WORLDS)]
        chosen = draw("visits to choose on", CHOOSING, asked.seed + len(WORLDS))
    learnt = reduce(Measured.and_those_of, parts)
    table = fitted_table(asked.version, learnt, chosen)
    out = asked.out / f"{asked.version}.toml"
    out.write_text(text_of(table, HEAD), "utf-8")
    sys.stdout.write(f"{out}\n")


def fitted_table(version: str, learnt: Measured, chosen: Measured) -> Calibration:
    """The table of two draws.

    Raises:
        CalibrationError: what was fitted may not weigh anybody.
    """
    sample, held = learnt.sample(FAKED), Held(ITEM_BOUND_DB)
    together = fused(sample, cut_off(planned(sample, FAKED), held.slack_db), held)
    table = table_of(version, cut_off(together), sources())
    honest = np.array([typology is Typology.GENUINE for typology in chosen.truth])
    suspicion = suspicion_of(table, chosen.values)
    threshold = float(np.quantile(suspicion[honest], 1 - FALSE_ALARMS))
    alarms = Alarms(chosen.values[honest & complete(chosen.values)], (threshold, table.single_cue_limit))
    source = "staged visits: the smallest offset that keeps honest visits without this sense from being doubted more"
    table = replace(table, absent=tuple(absences(table, alarms, source)))
    check_calibration(table, EVIDENCE_IDS)
    return table


def _drawn(progress: Progress, asked: argparse.Namespace, name: str, world: str, seed: int) -> Measured:
    task = progress.add_task(name, total=asked.visits)
    drawn = Drawn(world, seed, asked.visits, FAKED_SHARE)
    return measured(drawn, asked.processes, lambda count: progress.advance(task, count))


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--out", type=Path, default=Path("ingest_server/scoring/calibrations"), help="folder of tables")
    parser.add_argument("--version", default="staged-3", help="name of the table")
    parser.add_argument("--visits", type=int, default=20_000, help="visits of each draw")
    parser.add_argument("--seed", type=int, default=101, help="seed of the first draw; the others take the next")
    parser.add_argument("--processes", type=int, default=2, help="processes that stage visits")
    return parser.parse_args()


if __name__ == "__main__":
    main()

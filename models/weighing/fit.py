"""Fit the weights: ``python -m models.weighing.fit --out ingest_server/scoring/calibrations``. Seeded; some minutes.

Fitted on one draw of the world ``fitted`` and the halves of the senses that go with it; what a missing sense weighs
is chosen on a second draw, which shares no home, person or device with the first.
"""

import argparse
import sys
from pathlib import Path

import numpy as np
from msgspec.structs import replace
from rich.progress import Progress

from ingest_server.scoring.calibration import Calibration, check_calibration
from ingest_server.scoring.evidence import EVIDENCE_IDS
from models.weighing.absence import Alarms, absences, complete, suspicion_of
from models.weighing.curves import planned, sources
from models.weighing.fusion import Held, fused
from models.weighing.staged import Drawn, Measured, measured
from models.weighing.table import FAKED, ITEM_BOUND_DB, table_of, text_of
from visit_record.vocabulary import Typology

WORLD = "fitted"
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
        learnt = _drawn(progress, "visits to fit on", Drawn(WORLD, asked.seed, asked.visits, 0.4), asked.processes)
        chosen = _drawn(
            progress, "visits to choose on", Drawn(WORLD, asked.seed + 1, asked.visits, 0.4), asked.processes
        )
    table = fitted_table(asked.version, learnt, chosen)
    out = asked.out / f"{asked.version}.toml"
    out.write_text(text_of(table, HEAD), "utf-8")
    sys.stdout.write(f"{out}\n")


def fitted_table(version: str, learnt: Measured, chosen: Measured) -> Calibration:
    """The table of two draws.

    Raises:
        CalibrationError: what was fitted may not weigh anybody.
    """
    sample = learnt.sample(FAKED)
    together = fused(sample, planned(sample, FAKED), Held(ITEM_BOUND_DB))
    table = table_of(version, together, sources())
    honest = np.array([typology is Typology.GENUINE for typology in chosen.truth])
    suspicion = suspicion_of(table, chosen.values)
    threshold = float(np.quantile(suspicion[honest], 1 - FALSE_ALARMS))
    alarms = Alarms(chosen.values[honest & complete(chosen.values)], (threshold, table.single_cue_limit))
    source = "staged visits: the smallest offset that keeps honest visits without this sense from being doubted more"
    table = replace(table, absent=tuple(absences(table, alarms, source)))
    check_calibration(table, EVIDENCE_IDS)
    return table


def _drawn(progress: Progress, name: str, drawn: Drawn, processes: int) -> Measured:
    task = progress.add_task(name, total=drawn.visits)
    return measured(drawn, processes, lambda count: progress.advance(task, count))


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--out", type=Path, default=Path("ingest_server/scoring/calibrations"), help="folder of tables")
    parser.add_argument("--version", default="staged-1", help="name of the table")
    parser.add_argument("--visits", type=int, default=24_000, help="visits of each draw")
    parser.add_argument("--seed", type=int, default=101, help="seed of the first draw; the second takes the next")
    parser.add_argument("--processes", type=int, default=2, help="processes that stage visits")
    return parser.parse_args()


if __name__ == "__main__":
    main()

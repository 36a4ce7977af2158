"""No single cue may bring anybody to the review threshold: where one could, its curves are cut off level."""

from collections.abc import Sequence

import numpy as np

from ingest_server.scoring.calibration import alone
from ingest_server.scoring.evidence import EVIDENCE, by_cue
from models.weighing.alone import Curve
from models.weighing.table import ITEM_BOUND_DB, PRIOR, SINGLE_CUE_LIMIT, row_of

STEP_DB = 0.25


def cut_off(curves: Sequence[Curve], slack_db: float = 0.0) -> list[Curve]:
    """The curves of all items, in their order, what speaks against a visit cut off where one cue could reach the limit.

    Items that tell of one thing are cut off at one level. ``slack_db`` is how much more each may yet come to say.
    """
    by_item = dict(zip((item.id for item in EVIDENCE), curves, strict=True))
    for items in by_cue().values():
        by_item |= dict(zip(items, _of_one_cue([by_item[item] for item in items], slack_db), strict=True))
    return list(by_item.values())


def _of_one_cue(curves: Sequence[Curve], slack_db: float) -> list[Curve]:
    against = [Curve(curve.at, np.where(curve.db > 0, curve.db + slack_db, curve.db)) for curve in curves]
    most_db = ITEM_BOUND_DB
    while _suspicion(against, most_db) >= SINGLE_CUE_LIMIT:
        most_db -= STEP_DB
    if most_db == ITEM_BOUND_DB:
        return list(curves)
    return [Curve(curve.at, np.minimum(curve.db, max(0.0, most_db - slack_db))) for curve in curves]


def _suspicion(curves: Sequence[Curve], most_db: float) -> float:
    rows = [row_of("one", "one", Curve(curve.at, np.minimum(curve.db, most_db))) for curve in curves]
    return alone(rows, PRIOR).suspicion

"""No single item may bring anybody to the review threshold: where one could, its curves are cut off level."""

import numpy as np

from ingest_server.scoring.calibration import alone
from models.weighing.alone import Curve
from models.weighing.table import ITEM_BOUND_DB, PRIOR, SINGLE_CUE_LIMIT, row_of

STEP_DB = 0.25


def cut_off(curve: Curve, slack_db: float = 0.0) -> Curve:
    """The curve with what speaks against a visit cut off where it alone could reach the limit.

    ``slack_db`` is how much more the curve may yet come to say.
    """
    against_db = np.where(curve.db > 0, curve.db + slack_db, curve.db)
    most_db = ITEM_BOUND_DB
    while _suspicion(Curve(curve.at, np.minimum(against_db, most_db))) >= SINGLE_CUE_LIMIT:
        most_db -= STEP_DB
    return curve if most_db == ITEM_BOUND_DB else Curve(curve.at, np.minimum(curve.db, most_db - slack_db))


def _suspicion(curve: Curve) -> float:
    return alone(row_of("one", "one", curve), PRIOR)

"""What rules that are tried out found so far, by the verdicts that they gave as records arrived."""

from ingest_server.rules.movement import Movement, MovementTally
from ingest_server.store.database import Database
from ingest_server.store.history import Period, visit_batches
from ingest_server.store.summaries import stored_verdict
from ingest_server.weighing_again import Sampling


def shadow_movement(database: Database, versions: tuple[str, str], sampling: Sampling) -> Movement:
    """Who would move by the verdicts that were given in the shadow, under (calibration, rules).

    Raises:
        StoreError: the store fails.
        UnreadableVerdictError: a verdict cannot be read.
    """
    tally = MovementTally(versions[1], versions[0], sample=sampling.size, seed=sampling.seed)
    for visits in visit_batches(database, Period(0), versions):
        for visit in visits:
            if visit.known is not None:
                verdict = stored_verdict(visit.digest, visit.known)
                tally.add(visit.moved_by(verdict), verdict)
    return tally.movement()

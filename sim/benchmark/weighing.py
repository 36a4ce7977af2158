"""From staged visits to what is said of them, a chunk at a time."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from itertools import combinations

from ingest_server.authenticity.strata import stratum_of
from ingest_server.rules.rule_set import RuleSet
from ingest_server.rules.rules import Rules
from ingest_server.scoring.calibration import Calibration
from ingest_server.scoring.verdict import Verdict
from ingest_server.scoring.weigher import Weigher
from sim.benchmark.dropping import SENSES, complete, without
from sim.benchmark.oddities import oddities_of
from sim.benchmark.outcome import WHOLE, Missing, Outcome, Prior, weight_of
from sim.benchmark.population import Population
from sim.history.record import record_of
from sim.senses import Half, Senses
from sim.staging.visits import StagedVisit
from visit_record.catalogue import service_items
from visit_record.chain import next_link
from visit_record.record import VisitRecord
from visit_record.vocabulary import Typology

CHUNK = 100
# Records of the benchmark are in no chain, and name models by no file.
FIRST_LINK, UEID, MODELS = next_link(0, None), "benchmark", {"care_sound": "0" * 64}

ONE_MISSING: tuple[Missing, ...] = tuple((sense,) for sense in SENSES)
TWO_MISSING: tuple[Missing, ...] = tuple(combinations(SENSES, 2))
ONE_LEFT: tuple[Missing, ...] = tuple(tuple(sense for sense in SENSES if sense is not left) for left in SENSES)


@dataclass(frozen=True)
class Judge:
    """What visits are witnessed and weighed by: the senses as measured on one half of people and clips."""

    half: Half
    calibration: Calibration
    rules: RuleSet

    def weigher(self) -> Weigher:
        """A weigher of these."""
        return Weigher(self.calibration, service_items(), Rules(self.rules))

    def record(self, visit: StagedVisit) -> VisitRecord:
        """The record of a visit, in no chain."""
        return record_of(visit, FIRST_LINK, UEID, MODELS, Senses.measured(self.half))


@dataclass(frozen=True)
class Chunk:
    """Visits for one process."""

    visits: Population
    judge: Judge


def chunks(population: Population, judge: Judge) -> Iterator[Chunk]:
    """The visits in order, so many at a time."""
    for first in range(0, len(population.plans), CHUNK):
        some = replace(population, people=(), plans=population.plans[first : first + CHUNK])
        yield Chunk(some, judge)


def weigh_chunk(chunk: Chunk) -> list[Outcome]:
    """Stage, witness and weigh each visit: as it was, and with senses taken away."""
    visits = list(chunk.visits.visits())
    records = [chunk.judge.record(visit) for visit in visits]
    weigher, prior = chunk.judge.weigher(), chunk.judge.calibration.prior
    verdicts = weigher.weigh_all(records)
    outcomes = [outcome_of(*parts, prior) for parts in zip(visits, records, verdicts, strict=True)]
    pairs = [at for at, one in enumerate(outcomes) if one.complete and one.truth is Typology.GENUINE]
    for missing in (*ONE_MISSING, *ONE_LEFT, *TWO_MISSING):
        these = pairs if missing in TWO_MISSING else range(len(records))
        told = weigher.weigh_all([without(records[at], missing) for at in these])
        for at, verdict in zip(these, told, strict=True):
            outcomes[at].weights[missing] = weight_of(verdict, prior)
    return outcomes


def outcome_of(visit: StagedVisit, record: VisitRecord, verdict: Verdict, prior: Prior) -> Outcome:
    """What became of a visit whose record was weighed as it was."""
    return Outcome(
        caregiver=visit.plan.caregiver.id,
        agency=record.agency,
        stratum=stratum_of(record, None, service_items()),
        truth=visit.truth,
        variant=visit.variant,
        oddities=tuple(sorted(set(oddities_of(visit, record)))),
        complete=complete(record),
        leading=verdict.leading,
        weights={WHOLE: weight_of(verdict, prior)},
        values={reason.evidence: reason.value for reason in verdict.reasons},
    )

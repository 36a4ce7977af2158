"""What befalls the senses of honest and faked visits alike in a staged month. Seeded; staged, not known."""

from collections.abc import Iterator
from dataclasses import replace

import numpy as np

from sim.script import Outage
from sim.staging.visits import StagedVisit
from visit_record.vocabulary import Modality, NotObservedReason

WITHHELD = 0.03
"""A sense is withheld, each for itself."""
BROKEN = 0.02
"""A sense is broken for the whole visit, each for itself."""
NO_SATELLITES = 0.25
"""No fix indoors."""
SENSES = (Modality.FACE, Modality.VOICE, Modality.SOUND, Modality.THERMAL)


def oddly(staged: StagedVisit, rng: np.random.Generator) -> StagedVisit:
    """The same visit, where now and then somebody withholds a sense, one is broken, or no satellite is heard."""
    withheld = frozenset(sense for sense in SENSES if rng.random() < WITHHELD)
    outages = tuple(_outages(staged, rng))
    script = staged.script
    return replace(
        staged,
        plan=replace(staged.plan, withheld=staged.plan.withheld | withheld),
        script=replace(script, conditions=replace(script.conditions, outages=script.conditions.outages + outages)),
    )


def _outages(staged: StagedVisit, rng: np.random.Generator) -> Iterator[Outage]:
    end_s = staged.script.duration_s
    for sense in SENSES:
        if rng.random() < BROKEN:
            yield Outage(sense, 0.0, end_s)
    if rng.random() < NO_SATELLITES:
        yield Outage(Modality.POSITION, 0.0, end_s, NotObservedReason.NO_SATELLITES)

"""One sense, opened alone in a process of its own: ``python -m bench.one_sense SENSE FOLDER``."""

import sys
from collections.abc import Iterator
from pathlib import Path

import numpy as np

from bench.process import REGISTRY, resident_mib, stay_on_one_core, tell
from bench.staged import STARTED_AT_MS, StagedVisit
from bench.timing import latency
from edge_agent.consent import Permissions, sensor_of
from edge_agent.model_senses import ModelSenses
from edge_agent.perception.model_store import ModelStore
from edge_agent.readings import SAMPLE_RATE_HZ, Reading, SoundBlock
from visit_record.vocabulary import Modality

# Enough for a percentile; the whole visit is for the whole device.
MOST_READINGS = 150


def main(sense: Modality, folder: Path) -> None:
    """Let the sense perceive, and tell what each reading cost."""
    stay_on_one_core()
    staged = StagedVisit(folder)
    check_in = staged.check_in(sense)
    roster, bed = staged.people.roster, staged.settings(REGISTRY).bed_area
    before_mib = resident_mib()
    open_senses = ModelSenses(ModelStore.open(REGISTRY), roster, bed)
    senses = open_senses(check_in, Permissions.of(check_in.consents), lambda at_ms: STARTED_AT_MS + at_ms)
    took = latency(senses.perceive, _readings(staged, sense))
    tell(
        {
            "p50_ms": took.p50_ms,
            "p95_ms": took.p95_ms,
            "mib": resident_mib() - before_mib,
            "share": took.mean_ms * _readings_each_second(staged, sense) / 1000,
            "models": sorted(senses.models),
        }
    )


def _readings(staged: StagedVisit, sense: Modality) -> list[Reading]:
    readings = _unlimited(staged, sense)
    return [reading for reading, _ in zip(readings, range(MOST_READINGS), strict=False)]


def _unlimited(staged: StagedVisit, sense: Modality) -> Iterator[Reading]:
    """A second of sound at a time, as a microphone gives it; everything else as it comes."""
    for reading in staged.sensors()[sensor_of(sense)].readings():
        if isinstance(reading, SoundBlock):
            yield from _seconds(reading)
        else:
            yield reading


def _seconds(block: SoundBlock) -> Iterator[SoundBlock]:
    for second, samples in enumerate(
        np.split(block.samples, range(SAMPLE_RATE_HZ, len(block.samples), SAMPLE_RATE_HZ))
    ):
        yield SoundBlock(block.at_ms + 1000 * second, samples)


def _readings_each_second(staged: StagedVisit, sense: Modality) -> float:
    """How many readings a second of visit brings, on average over an hour's visit."""
    return sum(1 for _ in _unlimited(staged, sense)) / (staged.people.visit_ms / 1000)


if __name__ == "__main__":
    main(Modality(sys.argv[1]), Path(sys.argv[2]))

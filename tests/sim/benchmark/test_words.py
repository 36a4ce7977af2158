"""The benchmark says what the product's screens say."""

from enum import StrEnum

import pytest

from ingest_server.scoring.verdict import Band
from ingest_server.web.words import said
from sim.benchmark.words import about_of
from visit_record.vocabulary import Modality, NotObservedReason, Typology


@pytest.mark.parametrize("vocabulary", [Band, Typology, Modality, NotObservedReason])
def test_benchmark_and_screens_have_the_same_words(vocabulary: type[StrEnum]) -> None:
    assert {value: tuple(about_of(value)) for value in vocabulary} == {
        value: tuple(said(value)) for value in vocabulary
    }

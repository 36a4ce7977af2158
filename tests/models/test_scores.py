"""What the simulator draws from is what the committed models say, and no half holds anything of the other."""

from pathlib import Path

import numpy as np
import pytest

from edge_agent.perception.model_store import ModelStore
from edge_agent.perception.sound import CareSoundClassifier
from models.care_sound.data import Clip, Split, kitchen20
from models.scores.halves import SEEDS, source_halves, speaker_halves
from models.scores.sounds import sound_rows, steady_rows
from models.scores.tables import tables
from sim.senses import Half
from sim.senses.measured import shipped
from visit_record.vocabulary import SoundCue

SILENCE = np.zeros(16_000, np.float32)


def clip(source: str, *cues: SoundCue) -> Clip:
    return Clip(source, "", source, SILENCE, frozenset(cues))


def quietly(_told: str) -> None:
    pass


def test_measured_models_are_the_committed_ones(registry: Path) -> None:
    store = ModelStore.open(registry)
    assert shipped().models
    for role, sha256 in shipped().models.items():
        assert store.entries[role].sha256 == sha256, f"{role} was changed; run models.scores.measure again"


@pytest.mark.parametrize("half", list(Half))
def test_written_shares_are_what_the_model_says_of_the_same_noise(half: Half, registry: Path) -> None:
    first = SEEDS[half]
    (row,) = steady_rows(range(first, first + 1), CareSoundClassifier(ModelStore.open(registry)))
    assert row == shipped().of(half).steady[0]


def test_written_shares_are_what_the_model_says_of_the_same_recording(realdata: Path, registry: Path) -> None:
    written = next(row for row in shipped().test.sounds if row.cue is SoundCue.SWEEPING)
    clips = [one for one in kitchen20(realdata, Split.TEST) if one.source == written.source]
    rows = sound_rows(clips[:1], range(0), CareSoundClassifier(ModelStore.open(registry)), quietly)
    assert written in rows


def test_sources_are_halved_so_that_even_the_rarest_cue_is_in_both() -> None:
    clips = [clip(f"w{n}", SoundCue.WATER) for n in range(9)] + [clip(f"e{n}", SoundCue.EATING) for n in range(2)]
    clips += [clip("e0", SoundCue.WATER), clip("none")]
    halves = source_halves(clips)
    assert halves["e0"] is not halves["e1"]
    assert {halves[f"w{n}"] for n in range(9)} == set(Half)
    assert halves.keys() == {one.source for one in clips}


def test_speakers_of_one_half_speak_long_or_short_but_never_in_the_other() -> None:
    halves = speaker_halves({str(n): SILENCE for n in range(5)})
    assert [halves[str(n)] for n in range(5)] == [Half.FIT, Half.TEST, Half.FIT, Half.TEST, Half.FIT]


@pytest.mark.parametrize("half", list(Half))
def test_card_can_be_written_from_what_was_measured(half: Half) -> None:
    lines = list(tables(shipped().of(half)))
    assert all(row.cue in "\n".join(lines) for row in shipped().of(half).sounds)

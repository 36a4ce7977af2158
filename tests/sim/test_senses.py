from collections.abc import Callable, Iterable

import numpy as np
import pytest

from sim.script import Appearance, Conditions, DecoyKind, Portrait, ShownAs, Spot
from sim.senses import Half, Senses
from sim.senses.conditions import light_of, noise_condition, voice_condition
from sim.senses.measured import MeasuredHalf, shipped
from sim.senses.rooms import right, truth_of
from sim.senses.situations import SITUATIONS, Situation
from sim.senses.voices import similarity
from visit_record.vocabulary import SoundCue

FIT, TEST = shipped().of(Half.FIT), shipped().of(Half.TEST)
GOOD, DARK = Conditions(), Conditions(light=0.1)
BOTH = pytest.mark.parametrize("senses", [Senses.measured(half) for half in Half], ids=list(Half))
WHO_IS_MEASURED: dict[str, Callable[[MeasuredHalf], Iterable[str]]] = {
    "people": lambda half: (row.person.split("/")[0] for row in half.faces),
    "faces before the challenge": lambda half: (row.who for row in half.liveness),
    "speakers": lambda half: (row.speaker for row in half.voices),
    "sources of sounds": lambda half: (row.source for row in half.sounds),
    "steady noises": lambda half: (row.source for row in half.steady),
    "homes": lambda half: (row.home for row in half.rooms),
}


@pytest.mark.parametrize("who", WHO_IS_MEASURED)
def test_halves_share_nobody_and_nothing(who: str) -> None:
    fit, test = set(WHO_IS_MEASURED[who](FIT)), set(WHO_IS_MEASURED[who](TEST))
    assert fit
    assert test
    assert not fit & test


def test_speaker_who_is_compared_in_one_half_is_not_heard_as_a_sound_in_the_other() -> None:
    speakers = {half: {row.speaker for row in shipped().of(half).voices} for half in Half}
    heard = {half: {row.source for row in shipped().of(half).sounds} for half in Half}
    assert not speakers[Half.FIT] & heard[Half.TEST]
    assert not speakers[Half.TEST] & heard[Half.FIT]


@BOTH
def test_caregiver_is_like_themselves_and_always_in_their_own_way(senses: Senses) -> None:
    def similarities(caregiver: str, seed: int) -> list[float]:
        looks = [senses.faces.own(caregiver, GOOD, np.random.default_rng([seed, n])) for n in range(60)]
        return [look.similarity for look in looks if look.similarity is not None]

    apart = [abs(np.mean(similarities(f"c{n}", 1)) - np.mean(similarities(f"c{n + 1}", 1))) for n in range(12)]
    again = [abs(np.mean(similarities(f"c{n}", 1)) - np.mean(similarities(f"c{n}", 2))) for n in range(12)]
    assert np.mean(again) < 0.5 * np.mean(apart)


@BOTH
def test_stranger_is_less_like_the_caregiver_than_the_caregiver(senses: Senses) -> None:
    rng = np.random.default_rng(1)
    for number in range(40):
        own = senses.faces.own(f"c{number}", GOOD, rng).similarity
        other = senses.faces.other(f"stranger {number}", f"c{number}", GOOD, rng).similarity
        assert own is not None
        assert other is not None
        assert other < 0.6
        assert own > 0.4


@BOTH
def test_poor_light_and_an_old_face_bring_own_faces_nearer_to_others(senses: Senses) -> None:
    def mean_own(conditions: Conditions) -> float:
        looks = [senses.faces.own(f"c{n}", conditions, np.random.default_rng(n)) for n in range(200)]
        return float(np.mean([look.similarity for look in looks if look.similarity is not None]))

    assert mean_own(DARK) < mean_own(GOOD) - 0.02
    assert mean_own(Conditions(old_face=True)) < mean_own(GOOD) - 0.05


@BOTH
def test_print_never_passes_the_challenge_and_the_living_mostly_do(senses: Senses) -> None:
    rng = np.random.default_rng(2)

    def passed(shown_as: ShownAs) -> float:
        face = Appearance(0, 11.5, Portrait.ASTRONAUT, shown_as, turns_head=True)
        told = [senses.liveness.outcome(face, f"c{n}", GOOD, rng) for n in range(200)]
        return float(np.mean([one is not None and one[1] for one in told]))

    assert passed(ShownAs.PHOTO) == 0
    assert passed(ShownAs.LIVE) > 0.4
    assert passed(ShownAs.LIVE) > passed(ShownAs.REPLAY)


@BOTH
def test_face_that_does_nothing_of_what_is_asked_fails(senses: Senses) -> None:
    still = Appearance(0, 11.5, Portrait.ASTRONAUT, ShownAs.LIVE)
    told = senses.liveness.outcome(still, "c1", GOOD, np.random.default_rng(0))
    assert told is not None
    assert not told[1]


@BOTH
def test_noise_under_speech_silences_the_voice_check_rather_than_accusing(senses: Senses) -> None:
    def refused(conditions: Conditions) -> float:
        told = [one for n in range(60) for one in senses.voices.own(f"c{n}", conditions)]
        return sum(one is None for one in told) / len(told)

    assert refused(Conditions(distance_m=1.0)) < 0.1
    assert refused(Conditions(noise_db=0.0)) > 0.3


def test_stretch_that_noise_covers_is_told_as_nobodys_voice() -> None:
    assert similarity((None, None, None), 5.0, 0.5, 1.0) is None
    assert similarity((None, 0.7, 0.8), 5.0, 0.5, 0.0) == 0.8
    assert similarity((None, 0.7, 0.8), 3.0, 0.1, 0.0) is None


@BOTH
def test_sounds_are_heard_less_the_harder_the_room(senses: Senses) -> None:
    def heard(conditions: Conditions, *, beside_media: bool = False) -> float:
        cues = (SoundCue.WATER, SoundCue.TABLEWARE, SoundCue.SWEEPING)
        told = [
            senses.sounds.heard(f"d{n}", cue, conditions, beside_media=beside_media) for n in range(40) for cue in cues
        ]
        return float(np.mean([one.share for one in told]))

    assert heard(GOOD) > 0.5
    assert heard(Conditions(noise_db=0.0)) < heard(Conditions(noise_db=-20.0)) <= heard(GOOD)
    assert heard(Conditions(gain_db=-20.0)) < heard(Conditions(gain_db=-15.0)) < heard(GOOD)
    assert heard(Conditions(gain_db=-50.0)) == 0
    assert heard(GOOD, beside_media=True) < heard(GOOD)


@BOTH
def test_room_without_decoys_is_mostly_told_rightly_and_with_one_less_so(senses: Senses) -> None:
    def rightly(decoys: frozenset[DecoyKind]) -> float:
        devices, common = range(30), SITUATIONS[:14]
        return float(np.mean([right(senses.rooms.seen(f"d{n}", decoys, one), one) for n in devices for one in common]))

    assert rightly(frozenset()) > 0.85
    assert rightly(frozenset({DecoyKind.SUN_PATCH})) < rightly(frozenset())


def test_situation_that_was_not_measured_is_told_as_the_most_alike_one() -> None:
    crowd = Situation(((Spot.BED, False), (Spot.BEDSIDE, True), (Spot.BEDSIDE, True), (Spot.SOFA, False)))
    seen = Senses.measured(Half.TEST).rooms.seen("d", (), crowd)
    assert truth_of(crowd) == (3, True, True, True)
    assert seen.states


def test_conditions_have_the_names_of_what_was_measured() -> None:
    for light in (0.02, 0.15, 0.7, 1.3):
        assert light_of(Conditions(light=light)) in FIT.faces[0].own
    for distance_m, louder_db in ((0.5, 0.0), (2.2, 6.0), (8.0, -12.0)):
        for noise_db in (None, -25.0, -7.0, 4.0):
            assert voice_condition(distance_m, noise_db) in FIT.voices[0].own
            name = noise_condition(Conditions(distance_m=distance_m, noise_db=noise_db), louder_db)
            assert name is None or name in FIT.sounds[0].heard

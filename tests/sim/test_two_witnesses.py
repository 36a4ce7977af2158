from typing import Any

from sim.two_witnesses import WITNESSED, agreement


def record(**told: object) -> dict[str, Any]:
    return {part: told.get(part, {"kind": "not_observed"}) for part in WITNESSED} | {"iss": told.get("iss", "device")}


def test_records_that_say_the_same_agree_whoever_sealed_them() -> None:
    found = agreement(record(iss="one"), record(iss="other"))
    assert (found.told, found.numbers_apart, found.otherwise_apart) == (len(WITNESSED), (), ())


def test_numbers_that_differ_are_told_with_how_far_they_do_at_most() -> None:
    one = record(face={"checks": [{"similarity": 0.9, "quality": 0.5, "frames": 12}]})
    other = record(face={"checks": [{"similarity": 0.875, "quality": 0.25, "frames": 12}]})
    found = agreement(one, other)
    assert found.numbers_apart == ("face.checks.0.quality", "face.checks.0.similarity")
    assert found.furthest == 0.25
    assert found.otherwise_apart == ()


def test_what_one_alone_saw_and_what_is_no_number_stands_apart() -> None:
    one = record(sound={"intervals": [{"cue": "speech"}, {"cue": "water"}]}, voice={"best": None, "speakers": True})
    other = record(sound={"intervals": [{"cue": "media"}]}, voice={"best": 0.5, "speakers": 1.5})
    found = agreement(one, other)
    assert found.otherwise_apart == ("sound.intervals.0.cue", "sound.intervals.1.cue", "voice.best", "voice.speakers")
    assert (found.numbers_apart, found.furthest) == ((), 0.0)

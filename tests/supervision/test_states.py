"""The table of a part's states: every transition, and every state with its words."""

import pytest

from edge_agent.supervision.states import TRANSITIONS, Signal, next_state
from edge_agent.supervision.words import said_of
from visit_record.fitted import FAULTS, PARTS, STATES, Fault, Part, SensorState

P, H, S, R, F = SensorState
# Row by row: what each signal makes of each state.
TABLE = {
    (P, Signal.READ): H,
    (P, Signal.LIED): S,
    (P, Signal.STALLED): S,
    (P, Signal.BROKE): R,
    (P, Signal.GAVE_UP): F,
    (H, Signal.READ): H,
    (H, Signal.LIED): S,
    (H, Signal.STALLED): S,
    (H, Signal.BROKE): R,
    (H, Signal.GAVE_UP): F,
    (S, Signal.READ): H,
    (S, Signal.LIED): S,
    (S, Signal.STALLED): S,
    (S, Signal.BROKE): R,
    (S, Signal.GAVE_UP): F,
    (R, Signal.READ): H,
    (R, Signal.LIED): S,
    (R, Signal.STALLED): R,
    (R, Signal.BROKE): R,
    (R, Signal.GAVE_UP): F,
    **{(F, signal): F for signal in Signal},
}


@pytest.mark.parametrize(("state", "signal"), TABLE)
def test_each_signal_leads_where_the_table_says(state: SensorState, signal: Signal) -> None:
    assert next_state(state, signal) is TABLE[state, signal]


def test_the_table_is_whole() -> None:
    assert set(TABLE) == {(state, signal) for state in SensorState for signal in Signal}
    assert set(TRANSITIONS) == set(SensorState)


def test_everything_has_words_in_both_languages() -> None:
    assert (set(PARTS), set(STATES), set(FAULTS)) == (set(Part), set(SensorState), set(Fault))
    for words in (*PARTS.values(), *STATES.values(), *FAULTS.values()):
        assert words.zh
        assert words.zh != words.en
        assert words.en.isascii()


def test_a_screen_says_part_state_and_what_to_do() -> None:
    assert said_of(Part.CAMERA, H, None) == ("摄像头：正常", "camera: working")
    assert "check its cable" in said_of(Part.RECEIVER, R, Fault.BROKEN).en

"""How a part of the device fares, as one table: pure, and the only place that says what may follow what."""

from collections.abc import Mapping
from enum import StrEnum
from types import MappingProxyType

from visit_record.fitted import Fault, Part, SensorState
from visit_record.vocabulary import Modality


class Signal(StrEnum):
    """What is noticed of a part."""

    READ = "read"
    """It gave a reading that may be believed."""

    LIED = "lied"
    """It gave what no room looks, sounds or feels like."""

    STALLED = "stalled"
    """It is open, and gives nothing."""

    BROKE = "broke"
    """It could not be opened, failed or ended; it is opened anew after a wait."""

    GAVE_UP = "gave_up"
    """It has been tried often and long enough, or somebody switched it off."""


_TROUBLE: Mapping[Signal, SensorState] = MappingProxyType(
    {
        Signal.LIED: SensorState.SILENT,
        Signal.STALLED: SensorState.SILENT,
        Signal.BROKE: SensorState.RESTARTING,
        Signal.GAVE_UP: SensorState.FAILED,
    }
)
_COMES: Mapping[Signal, SensorState] = MappingProxyType({Signal.READ: SensorState.HEALTHY, **_TROUBLE})

TRANSITIONS: Mapping[SensorState, Mapping[Signal, SensorState]] = MappingProxyType(
    {
        SensorState.OPENING: _COMES,
        SensorState.HEALTHY: _COMES,
        SensorState.SILENT: _COMES,
        # Between two tries nothing is heard of it, which is no news.
        SensorState.RESTARTING: MappingProxyType({**_COMES, Signal.STALLED: SensorState.RESTARTING}),
        # For the rest of the visit: a sense that came and went all day would tell nothing.
        SensorState.FAILED: MappingProxyType({}),
    }
)

MODALITY_OF: Mapping[Part, Modality] = MappingProxyType(
    {
        Part.CAMERA: Modality.FACE,
        Part.MICROPHONE: Modality.SOUND,
        Part.THERMAL_ARRAY: Modality.THERMAL,
        Part.RECEIVER: Modality.POSITION,
    }
)
PART_OF: Mapping[Modality, Part] = MappingProxyType({sense: part for part, sense in MODALITY_OF.items()})

# What a covered lens and a muted microphone give goes on to the senses: the evidence tells of both.
PASSED_ON = frozenset({(Part.CAMERA, Fault.BLACK), (Part.MICROPHONE, Fault.ALL_ZERO)})
# What opening a part anew cannot mend: a hand on the lens, a switch, a gain.
PEOPLES = PASSED_ON | {(Part.MICROPHONE, Fault.CLIPPED)}


def next_state(state: SensorState, signal: Signal) -> SensorState:
    """The state that a signal leads to; what has failed stays so, whatever is noticed of it."""
    return TRANSITIONS[state].get(signal, state)

"""A journal's lines read again, after the program that wrote them is gone."""

from collections.abc import Iterable, Iterator

import msgspec
import structlog

from edge_agent.actions import AnyAction
from edge_agent.check_plan import ChallengeDrawn
from edge_agent.observations import AnyObservation
from edge_agent.timeline import ClockStepped, DeviceMoved, ReadingsDropped, SensorBack, SensorLost, SensorTurned
from edge_agent.visit_state import CarriedOff, CheckOutForgotten, ChecksDone, PowerLost, StreamsEnded

Entry = (
    AnyAction
    | ChecksDone
    | CheckOutForgotten
    | CarriedOff
    | PowerLost
    | StreamsEnded
    | SensorLost
    | SensorBack
    | SensorTurned
    | ReadingsDropped
    | DeviceMoved
    | ClockStepped
    | ChallengeDrawn
    | AnyObservation
)


def entries(lines: Iterable[bytes]) -> Iterator[Entry]:
    """What the lines say. One that this version does not know stays in the journal and is passed over, and told."""
    decoder = msgspec.json.Decoder(Entry)
    for line in lines:
        try:
            yield decoder.decode(line)
        except msgspec.MsgspecError as error:
            # A release that was rolled back may have written it.
            structlog.get_logger().warning("journal_line_unknown", reason=str(error))

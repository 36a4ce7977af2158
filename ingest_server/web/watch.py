"""What is looked at in the background: how devices are, and whether the sums by day hold every visit."""

from collections.abc import Callable, Mapping

from msgspec import Struct

from ingest_server.fleet.fleet import Fleet, fleet_of
from ingest_server.store.database import Database
from ingest_server.store.watch import active_devices, visits_in_no_day
from ingest_server.web.kept import Kept, Start, in_background


class Watch(Struct, frozen=True):
    """What was seen; ``in_no_day`` counts visits by agency that an older version counted, and no day holds."""

    fleet: Fleet
    in_no_day: Mapping[str, int]


def watch_over(database: Database, now_ms: Callable[[], int], start: Start = in_background) -> Kept[Watch]:
    """The latest look, less than ten minutes old."""

    def look(at_ms: int) -> Watch:
        with database.reading() as connection:
            return Watch(fleet_of(active_devices(connection), at_ms), visits_in_no_day(connection))

    return Kept("watch over devices", look, now_ms, start)

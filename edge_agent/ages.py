"""How old a thing is: since when a clock that can be believed has seen it.

What a device makes before its clock was set has the date of its system's building, and would have had its time at once.
"""

from collections.abc import Iterable

from edge_agent.device_store import DeviceStore

_VISITS = "SELECT visit FROM journals UNION SELECT visit FROM past_visits"
SEEN_BEFORE = "SELECT thing FROM ages WHERE since_ms < ?"


class Ages:
    """Of what is stored of visits, by their ids, and of files, by their names. Each call is one transaction."""

    def __init__(self, store: DeviceStore) -> None:
        self._store = store

    def see(self, files: Iterable[str], now_ms: int) -> None:
        """All that is here now; ``now_ms`` is of a clock that can be believed, UTC milliseconds.

        Raises:
            OutboxError: nothing was stored.
        """
        with self._store.transaction() as db:
            here = {visit for (visit,) in db.execute(_VISITS).fetchall()} | set(files)
            seen = {thing for (thing,) in db.execute("SELECT thing FROM ages").fetchall()}
            for thing in here - seen:
                db.execute("INSERT INTO ages (thing, since_ms) VALUES (?, ?)", (thing, now_ms))
            for thing in seen - here:
                db.execute("DELETE FROM ages WHERE thing = ?", (thing,))
            # A clock that stood ahead, and was called set, would keep it for as long.
            db.execute("UPDATE ages SET since_ms = ? WHERE since_ms > ?", (now_ms, now_ms))

    def seen_before(self, at_ms: int) -> set[str]:
        """What was first seen before a moment (UTC milliseconds).

        Raises:
            OutboxError: the file cannot be read.
        """
        with self._store.reading() as db:
            return {thing for (thing,) in db.execute(SEEN_BEFORE, (at_ms,)).fetchall()}

"""Everybody of one kind at one moment: what peers are like, and where each stands among them."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from typing import NamedTuple

from ingest_server.authenticity.estimate import Kind
from ingest_server.authenticity.peers import Peers, peers_of
from ingest_server.authenticity.roll import Roll, roll_of
from ingest_server.authenticity.rows import Row
from ingest_server.authenticity.settings import DEFAULT, Settings


class Census(NamedTuple):
    """All subjects of a kind; ``agencies`` holds, of each agency's visits alone, the posterior of their subjects."""

    kind: Kind
    taken_at_ms: int
    since_month: str
    peers: Peers
    whole: Roll
    agencies: Mapping[str, Roll]


def census_of(
    kind: Kind, rows: Iterable[Row], taken_at_ms: int, since_month: str, settings: Settings = DEFAULT
) -> Census:
    """Everybody of the rows, with their peers; no agency's own figures where agencies are the subjects."""
    rows = list(rows)
    peers = peers_of(rows, settings)
    of_agency: defaultdict[str, list[Row]] = defaultdict(list)
    for row in rows:
        of_agency[row.group.agency].append(row)
    agencies = {agency: roll_of(own, peers, settings) for agency, own in of_agency.items() if agency}
    return Census(kind, taken_at_ms, since_month, peers, roll_of(rows, peers, settings), agencies)

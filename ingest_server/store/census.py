"""Everybody of one kind, from the tallies."""

from itertools import pairwise
from typing import Final

import numpy as np
from sqlalchemy import Connection, and_, select

from ingest_server.authenticity.counting import Period
from ingest_server.authenticity.estimate import Kind
from ingest_server.authenticity.rows import Group, Row
from ingest_server.store.districts import districts
from ingest_server.store.schema import tallies
from ingest_server.store.tallies import WEIGHTS_TYPE

_KEY: Final = (tallies.c.subject, tallies.c.agency, tallies.c.stratum)


def census_rows(connection: Connection, kind: Kind, period: Period) -> list[Row]:
    """Each subject's visits of each group within a period, whichever month they were in.

    Agencies are each other's peers, and no part of a larger agency; so are districts, whose visits are their agencies'.
    """
    if kind is Kind.DISTRICT:
        of = districts(connection)
        rows = census_rows(connection, Kind.AGENCY, period)
        return [row._replace(subject=of[row.subject]) for row in rows if row.subject in of]
    columns = (*_KEY, tallies.c.visits, tallies.c.at_risk_fen, tallies.c.weights)
    where = and_(tallies.c.kind == kind, tallies.c.month.between(*period))
    # In this order the months of one key stand together, and the primary key is read as it lies.
    found = connection.execute(select(*columns).where(where).order_by(*_KEY, tallies.c.month)).all()
    if not found:
        return []
    weights = np.frombuffer(b"".join(row[5] for row in found), WEIGHTS_TYPE).reshape(len(found), -1)
    starts = [0, *(place for place, (one, next_) in enumerate(pairwise(found), 1) if one[:3] != next_[:3])]
    counts = np.add.reduceat(weights, starts, axis=0, dtype=np.int64)
    visits, at_risk_fen = (np.add.reduceat([row[column] for row in found], starts, dtype=np.int64) for column in (3, 4))
    return [
        Row(found[start][0], _group(kind, found[start][1], found[start][2]), counts[place], *sums)
        for place, (start, *sums) in enumerate(zip(starts, visits.tolist(), at_risk_fen.tolist(), strict=True))
    ]


def _group(kind: Kind, agency: str, stratum: str) -> Group:
    return Group("" if kind is Kind.AGENCY else agency, stratum)

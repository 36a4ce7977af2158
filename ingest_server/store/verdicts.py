"""Verdicts by the versions that gave them. A record may have several; its row in ``visits`` names the standing one."""

from collections.abc import Iterable
from enum import StrEnum
from typing import Final

import msgspec
from msgspec import Struct
from sqlalchemy import Connection, bindparam, delete, insert, select, update

from ingest_server.scoring.verdict import Verdict, gravest
from ingest_server.store.key_rows import with_keys
from ingest_server.store.raised import raise_again
from ingest_server.store.schema import verdicts, visits

# What the verdicts of the time when rules were code are kept under; there is no rule set of that version.
BEFORE_RULES: Final = "before-rules"
_KEY = (verdicts.c.digest, verdicts.c.calibration, verdicts.c.rules)
_OF_THESE = tuple(column == bindparam(name) for column, name in zip(_KEY, ("of", "by", "under"), strict=True))


class Purpose(StrEnum):
    """Why a verdict was given."""

    LIVE = "live"
    SHADOW = "shadow"
    AGAIN = "again"


class Given(Struct, frozen=True):
    """A verdict on a record, when and why it was given."""

    digest: str
    verdict: Verdict
    at_ms: int
    purpose: Purpose

    @property
    def key(self) -> tuple[str, str, str]:
        """Record, calibration and rules: what a verdict is stored by."""
        return self.digest, self.verdict.calibration, self.verdict.rules


def give(connection: Connection, given: Iterable[Given]) -> None:
    """Store verdicts on records that have none under their versions."""
    rows = [_row(one, one.purpose) for one in given]
    if rows:
        connection.execute(insert(verdicts), rows)


def give_again(connection: Connection, given: Iterable[Given]) -> None:
    """Store verdicts, in the place of those under the same versions: one that was live stays so called."""
    given = list(given)
    if not given:
        return
    query = with_keys(connection, select(*_KEY, verdicts.c.purpose), _KEY, [one.key for one in given])
    before = {(row.digest, row.calibration, row.rules): Purpose(row.purpose) for row in connection.execute(query)}
    if before:
        connection.execute(delete(verdicts).where(*_OF_THESE), [_named(*key) for key in before])
    live = {key for key, purpose in before.items() if purpose is Purpose.LIVE}
    connection.execute(insert(verdicts), [_row(one, Purpose.LIVE if one.key in live else one.purpose) for one in given])


def out_of_the_shadow(connection: Connection, given: Iterable[tuple[str, Verdict]]) -> None:
    """Call stored verdicts, by digest, given again where they were only tried out, so that pages list them."""
    rows = [_named(digest, verdict.calibration, verdict.rules) for digest, verdict in given]
    if rows:
        shadows = update(verdicts).where(*_OF_THESE, verdicts.c.purpose == Purpose.SHADOW)
        connection.execute(shadows.values(purpose=Purpose.AGAIN), rows)


def let_stand(connection: Connection, given: Iterable[tuple[str, Verdict]]) -> None:
    """Make stored verdicts, by digest, those that the lists and pages show."""
    rows = [{"of": digest, **standing(verdict)} for digest, verdict in given]
    if rows:
        connection.execute(update(visits).where(visits.c.digest == bindparam("of")), rows)
        raise_again(connection, [str(row["of"]) for row in rows])


def standing(verdict: Verdict) -> dict[str, object]:
    """The columns of ``visits`` that a standing verdict fills."""
    return {
        "band": verdict.band,
        "typology": verdict.typology,
        "suspicion": verdict.suspicion,
        "observed_share": verdict.observed_share,
        "calibration": verdict.calibration,
        "rules": verdict.rules,
        "gravest": gravest(verdict.exceptions) or "",
    }


def _named(digest: str, calibration: str, rules: str) -> dict[str, object]:
    return {"of": digest, "by": calibration, "under": rules}


def _row(one: Given, purpose: Purpose) -> dict[str, object]:
    digest, calibration, rules = one.key
    return {
        "digest": digest,
        "calibration": calibration,
        "rules": rules,
        "purpose": purpose,
        "scored_at_ms": one.at_ms,
        "verdict": msgspec.json.encode(one.verdict),
    }

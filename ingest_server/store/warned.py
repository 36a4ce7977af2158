"""Visits that warn of a theme, by what is stored of their standing verdict: those that the sums by day count."""

from collections import Counter, defaultdict
from collections.abc import Iterable
from functools import cache

from sqlalchemy import ColumnElement, Connection, and_, select, union_all

from ingest_server.local_days import Span
from ingest_server.queries.columns import Operator
from ingest_server.scoring.themes import SIGNS, Theme
from ingest_server.scoring.verdict import DOUBTED
from ingest_server.store.schema import counted_visits, visit_exceptions, visits
from ingest_server.store.scope import Scope, visible


def warns_of(_: Operator, themes: Iterable[str]) -> ColumnElement[bool]:
    """The condition on visits that warn of one of these, as :func:`~ingest_server.scoring.themes.themes_of` has it."""
    signs = [SIGNS[Theme(theme)] for theme in themes]
    codes = sorted({code for one in signs for code in one.codes})
    typologies = sorted({typology for one in signs for typology in one.typologies})
    raised = select(visit_exceptions.c.digest).where(visit_exceptions.c.code.in_(codes))
    alike = visits.alias("alike")
    like = select(alike.c.digest).where(and_(alike.c.band.in_(sorted(DOUBTED)), alike.c.typology.in_(typologies)))
    # Listed once, each by an index of its own. As an expression the digest has none: the time of the visits is to lead,
    # and a page of a frequent theme is found before its list is walked.
    return visits.c.digest.concat("").in_(union_all(raised, like))


def doubted_by_theme(connection: Connection, scope: Scope, agency: str, checked_in: Span) -> Counter[Theme]:
    """How many of an agency's counted visits warn of each theme and are in doubt; each of those is looked at."""
    themes: defaultdict[str, set[Theme]] = defaultdict(set)
    # As an expression the time has no index: the band leads to a twentieth of the visits, the year to all of them.
    check_in_ms = visits.c.check_in_ms + 0
    within = (check_in_ms >= checked_in.since_ms) & (check_in_ms < checked_in.until_ms)
    doubted = and_(visible(scope), visits.c.agency == agency, visits.c.band.in_(sorted(DOUBTED)), within)
    found = (
        select(visits.c.digest, visits.c.typology, visit_exceptions.c.code)
        .join(counted_visits, counted_visits.c.digest == visits.c.digest)
        .outerjoin(visit_exceptions, visit_exceptions.c.digest == visits.c.digest)
        .where(doubted)
    )
    for digest, typology, code in connection.execute(found):
        themes[digest] |= _warned_of(typology, code)
    return Counter(theme for of_visit in themes.values() for theme in of_visit)


# The few pairs that there are stand at thousands of visits.
@cache
def _warned_of(typology: str, code: str | None) -> frozenset[Theme]:
    return frozenset(one for one, signs in SIGNS.items() if typology in signs.typologies or code in signs.codes)

"""Visits that warn of a theme, by what is stored of their standing verdict: those that the sums by day count."""

from collections.abc import Iterable

from sqlalchemy import ColumnElement, and_, select, union_all

from ingest_server.queries.columns import Operator
from ingest_server.scoring.themes import SIGNS, Theme
from ingest_server.scoring.verdict import DOUBTED
from ingest_server.store.schema import visit_exceptions, visits


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

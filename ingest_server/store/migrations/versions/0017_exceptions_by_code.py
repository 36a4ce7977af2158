"""What each visit raises, a row for each code; the standing verdicts of visits, and their chains, say it themselves."""

from collections.abc import Iterator

import msgspec
import sqlalchemy as sa
from alembic import op

revision = "0017"
down_revision = "0016"
branch_labels = None
depends_on = None

_AT_A_TIME = 1_000
_TABLE = "visit_exceptions"
_OF_VISIT = ("agency", "check_in_ms", "band", "gravest", "handled", "wakes_at_ms")
_CELL = ("code", "gravest", "band", "handled", "check_in_ms", "digest", "wakes_at_ms")
_INDEXES = (
    ("visit_exceptions_by_time", ("check_in_ms", "digest", "code")),
    ("visit_exceptions_by_code", _CELL),
    ("visit_exceptions_of_agency", ("agency", *_CELL)),
)
_CLASSES = ("must_fix", "acknowledge", "info")
_BROKEN = {"gap": ("SEQ_GAP", "acknowledge"), "fork": ("CHAIN_FORK", "must_fix")}


def upgrade() -> None:
    """Apply."""
    made = op.create_table(
        _TABLE,
        sa.Column("digest", sa.String(64), sa.ForeignKey("records.digest"), nullable=False),
        sa.Column("code", sa.String(32), nullable=False),
        sa.Column("class", sa.String(16), nullable=False),
        sa.Column("agency", sa.String(64), nullable=False),
        sa.Column("check_in_ms", sa.BigInteger(), nullable=False),
        sa.Column("band", sa.String(24), nullable=False),
        sa.Column("gravest", sa.String(16), nullable=False),
        sa.Column("handled", sa.Boolean(), nullable=False),
        sa.Column("wakes_at_ms", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("digest", "code"),
        sqlite_with_rowid=False,
    )
    connection = op.get_bind()
    for rows in _raised(connection):
        connection.execute(sa.insert(made), rows)
    for name, columns in _INDEXES:
        op.create_index(name, _TABLE, list(columns))


def downgrade() -> None:
    """Undo."""
    op.drop_table(_TABLE)


def _raised(connection: sa.Connection) -> Iterator[list[dict[str, object]]]:
    columns = ", ".join(f"visits.{name}" for name in ("digest", *_OF_VISIT))
    query = sa.text(
        f"SELECT {columns}, records.link_state, verdicts.verdict FROM visits"
        " JOIN records ON records.digest = visits.digest LEFT JOIN verdicts ON verdicts.digest = visits.digest"
        " AND verdicts.calibration = visits.calibration AND verdicts.rules = visits.rules"
        " WHERE visits.digest > :after ORDER BY visits.digest LIMIT :most"
    ).columns(handled=sa.Boolean())
    after = ""
    while found := connection.execute(query, {"after": after, "most": _AT_A_TIME}).mappings().all():
        if rows := [row for visit in found for row in _rows(visit)]:
            yield rows
        after = found[-1]["digest"]


def _rows(visit: sa.RowMapping) -> Iterator[dict[str, object]]:
    raised = [
        *_exceptions(visit["verdict"]),
        *(pair for state, pair in _BROKEN.items() if state == visit["link_state"]),
    ]
    for code in {code for code, _ in raised}:
        gravest = next(one for one in _CLASSES if (code, one) in raised)
        yield {name: visit[name] for name in ("digest", *_OF_VISIT)} | {"code": code, "class": gravest}


def _exceptions(verdict: bytes | None) -> list[tuple[str, str]]:
    try:
        found = [(one["code"], one["class_"]) for one in msgspec.json.decode(verdict or b"")["exceptions"]]
    except (msgspec.DecodeError, KeyError, TypeError):
        # What cannot be read is told on the visit's page, and must not keep a store from being opened.
        return []
    return [(code, class_) for code, class_ in found if isinstance(code, str) and class_ in _CLASSES]

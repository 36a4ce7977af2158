"""What the overview stands on: sums by day and hour, districts, confirmed money, and how devices were."""

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None

_BANDS = ("hold", "review", "insufficient_evidence", "credible")
_THEMES = (
    "empty_order",
    "person_bed_separation",
    "person_card_separation",
    "one_face_many_cards",
    "multi_card_gathering",
    "abnormal_visit",
    "fee_warning",
)
_SUMS = ("visits", "seconds", "settled_fen", "at_risk_fen", *_BANDS, *_THEMES)
_CONFIRMED = sa.text("confirmed_at_ms IS NOT NULL")


def upgrade() -> None:
    """Apply. Days depend on the tariff, which no migration knows: `ingest-server authenticity rebuild` fills them."""
    op.create_table(
        "daily_tallies",
        sa.Column("agency", sa.String(length=64), nullable=False),
        sa.Column("day", sa.String(length=10), nullable=False),
        sa.Column("hour", sa.Integer(), nullable=False),
        *(sa.Column(name, sa.BigInteger(), nullable=False) for name in _SUMS),
        sa.PrimaryKeyConstraint("agency", "day", "hour"),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "agencies",
        sa.Column("agency", sa.String(length=64), nullable=False),
        sa.Column("district", sa.String(length=64), nullable=True),
        sa.Column("name", sa.String(length=64), nullable=True),
        sa.PrimaryKeyConstraint("agency"),
    )
    op.create_index("ix_agencies_district", "agencies", ["district"])
    _add_to_visits()
    op.create_index("cases_by_opening", "cases", ["opened_at_ms", "agency"])
    op.create_index("case_steps_by_time", "case_steps", ["at_ms", "action"])
    op.execute(_CONFIRM)


def downgrade() -> None:
    """Undo: districts and names of agencies are lost."""
    op.drop_index("case_steps_by_time", "case_steps")
    op.drop_index("cases_by_opening", "cases")
    op.drop_index("visits_confirmed", "visits")
    with op.batch_alter_table("visits") as batch_op:
        for column in ("clock", "without", "confirmed_at_ms", "settled_fen"):
            batch_op.drop_column(column)
    for table in ("agencies", "daily_tallies"):
        op.drop_table(table)


def _add_to_visits() -> None:
    with op.batch_alter_table("visits") as batch_op:
        batch_op.add_column(sa.Column("settled_fen", sa.BigInteger(), nullable=False, server_default="0"))
        batch_op.add_column(sa.Column("confirmed_at_ms", sa.BigInteger(), nullable=True))
        batch_op.add_column(sa.Column("without", sa.JSON(), nullable=True))
        batch_op.add_column(sa.Column("clock", sa.String(length=16), nullable=True))
    op.create_index(
        "visits_confirmed",
        "visits",
        ["confirmed_at_ms", "agency", "settled_fen"],
        sqlite_where=_CONFIRMED,
        postgresql_where=_CONFIRMED,
    )


# Two people confirm by an approval, which nobody undoes: of a case that stands confirmed, the last one closed it.
_CONFIRM = """
UPDATE visits SET confirmed_at_ms = (
    SELECT max(s.at_ms) FROM case_steps s JOIN case_visits v ON v."case" = s."case"
    WHERE v.digest = visits.digest AND s.action = 'approve'
)
WHERE digest IN (
    SELECT v.digest FROM case_visits v JOIN cases c ON c."case" = v."case"
    WHERE c.state = 'closed' AND c.outcome = 'confirmed'
)
"""

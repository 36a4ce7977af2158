"""Recipients of the fund's registry, and sums over visits from which shares of genuine service are estimated."""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply. Visits that are there already are counted by `ingest-server authenticity rebuild`."""
    op.create_table(
        "recipients",
        sa.Column("recipient", sa.String(length=64), nullable=False),
        sa.Column("disability_level", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("recipient"),
    )
    op.create_table(
        "counted_visits",
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column("recipient", sa.String(length=64), nullable=False),
        sa.Column("counted", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(["digest"], ["records.digest"]),
        sa.PrimaryKeyConstraint("digest"),
    )
    op.create_index("ix_counted_visits_recipient", "counted_visits", ["recipient"])
    op.create_table(
        "tallies",
        sa.Column("kind", sa.String(length=16), nullable=False),
        sa.Column("subject", sa.String(length=64), nullable=False),
        sa.Column("agency", sa.String(length=64), nullable=False),
        sa.Column("stratum", sa.String(length=16), nullable=False),
        sa.Column("month", sa.String(length=7), nullable=False),
        sa.Column("visits", sa.BigInteger(), nullable=False),
        sa.Column("at_risk_fen", sa.BigInteger(), nullable=False),
        sa.Column("weights", sa.LargeBinary(), nullable=False),
        sa.Column("sums", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("kind", "subject", "agency", "stratum", "month"),
    )
    op.create_index("tallies_by_agency", "tallies", ["agency"])


def downgrade() -> None:
    """Undo."""
    op.drop_table("tallies")
    op.drop_table("counted_visits")
    op.drop_table("recipients")

"""Edits of visits for good, and what they come to."""

import sqlalchemy as sa
from alembic import op

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None

_MARKS = ("lengthens", "adds_items", "changes_person", "late", "doubted")
_SAYS = "edits are only ever appended to"


def upgrade() -> None:
    """Apply."""
    op.create_table(
        "visit_edits",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("visit", sa.String(length=36), nullable=False),
        sa.Column("agency", sa.String(length=64), nullable=False),
        sa.Column("caregiver", sa.String(length=64), nullable=False),
        sa.Column("actor", sa.String(length=64), nullable=False),
        sa.Column("at_ms", sa.BigInteger(), nullable=False),
        sa.Column("reason", sa.String(length=32), nullable=False),
        sa.Column("action", sa.String(length=32), nullable=False),
        sa.Column("memo", sa.Text(), nullable=True),
        sa.Column("withdraws", sa.Integer(), nullable=True),
        sa.Column("changes", sa.LargeBinary(), nullable=False),
        *(sa.Column(mark, sa.Boolean(), nullable=False) for mark in _MARKS),
        sa.ForeignKeyConstraint(["digest"], ["records.digest"]),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("digest", "number", name="visit_edits_one_after_another"),
    )
    for column in ("agency", "caregiver", "actor"):
        op.create_index(f"visit_edits_by_{column}", "visit_edits", [column, "id"])
    op.create_table(
        "edit_sums",
        sa.Column("kind", sa.String(length=16), nullable=False),
        sa.Column("subject", sa.String(length=64), nullable=False),
        sa.Column("agency", sa.String(length=64), nullable=False),
        sa.Column("month", sa.String(length=7), nullable=False),
        *(sa.Column(n, sa.BigInteger(), nullable=False) for n in ("edited", "lengthened", "edits", "withdrawals")),
        sa.PrimaryKeyConstraint("kind", "subject", "agency", "month"),
    )
    _append_only()


def downgrade() -> None:
    """Undo: every edit is lost."""
    op.drop_table("edit_sums")
    op.drop_table("visit_edits")
    if op.get_bind().dialect.name != "sqlite":
        op.execute("DROP FUNCTION visit_edits_stay")


def _append_only() -> None:
    if op.get_bind().dialect.name == "sqlite":
        for deed in ("UPDATE", "DELETE"):
            op.execute(
                f"CREATE TRIGGER visit_edits_no_{deed.lower()} BEFORE {deed} ON visit_edits "
                f"BEGIN SELECT RAISE(ABORT, '{_SAYS}'); END"
            )
        # `INSERT OR REPLACE` takes the old row away without a word to the trigger above.
        op.execute(
            "CREATE TRIGGER visit_edits_no_replace BEFORE INSERT ON visit_edits WHEN EXISTS "
            "(SELECT 1 FROM visit_edits WHERE id = NEW.id OR (digest = NEW.digest AND number = NEW.number)) "
            f"BEGIN SELECT RAISE(ABORT, '{_SAYS}'); END"
        )
        return
    op.execute(
        "CREATE FUNCTION visit_edits_stay() RETURNS trigger LANGUAGE plpgsql AS "
        f"$$ BEGIN RAISE EXCEPTION '{_SAYS}'; END $$"
    )
    op.execute(
        "CREATE TRIGGER visit_edits_stay BEFORE UPDATE OR DELETE OR TRUNCATE ON visit_edits "
        "FOR EACH STATEMENT EXECUTE FUNCTION visit_edits_stay()"
    )

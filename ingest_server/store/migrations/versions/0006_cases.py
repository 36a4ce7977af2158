"""Cases over visits, and their steps for good."""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply."""
    op.create_table(
        "cases",
        sa.Column("case", sa.Integer(), nullable=False),
        sa.Column("agency", sa.String(length=64), nullable=False),
        sa.Column("state", sa.String(length=32), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("opened_at_ms", sa.BigInteger(), nullable=False),
        sa.Column("changed_at_ms", sa.BigInteger(), nullable=False),
        sa.Column("due_at_ms", sa.BigInteger(), nullable=True),
        sa.Column("assignee", sa.String(length=64), nullable=True),
        sa.Column("outcome", sa.String(length=16), nullable=True),
        sa.Column("proposed_by", sa.String(length=64), nullable=True),
        sa.PrimaryKeyConstraint("case"),
    )
    for column in ("state", "agency", "assignee"):
        op.create_index(f"cases_by_{column}", "cases", [column, "case"])
    op.create_table(
        "case_visits",
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column("case", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["digest"], ["records.digest"]),
        sa.ForeignKeyConstraint(["case"], ["cases.case"]),
        sa.PrimaryKeyConstraint("digest"),
    )
    op.create_index("ix_case_visits_case", "case_visits", ["case"])
    op.create_table(
        "case_steps",
        sa.Column("case", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("action", sa.String(length=16), nullable=False),
        sa.Column("actor", sa.String(length=64), nullable=False),
        sa.Column("at_ms", sa.BigInteger(), nullable=False),
        sa.Column("note", sa.Text(), nullable=True),
        sa.Column("outcome", sa.String(length=16), nullable=True),
        sa.Column("until_ms", sa.BigInteger(), nullable=True),
        sa.ForeignKeyConstraint(["case"], ["cases.case"]),
        sa.PrimaryKeyConstraint("case", "number"),
    )
    _append_only("case_steps", "the steps of a case are only ever appended to")
    with op.batch_alter_table("visits") as batch_op:
        batch_op.add_column(sa.Column("handled", sa.Boolean(), nullable=False, server_default=sa.false()))
        batch_op.add_column(sa.Column("wakes_at_ms", sa.BigInteger(), nullable=False, server_default="0"))


def downgrade() -> None:
    """Undo: every case is lost."""
    with op.batch_alter_table("visits") as batch_op:
        for column in ("wakes_at_ms", "handled"):
            batch_op.drop_column(column)
    for table in ("case_steps", "case_visits", "cases"):
        op.drop_table(table)
    if op.get_bind().dialect.name != "sqlite":
        op.execute("DROP FUNCTION case_steps_stay")


def _append_only(table: str, says: str) -> None:
    if op.get_bind().dialect.name == "sqlite":
        for deed in ("UPDATE", "DELETE"):
            op.execute(
                f"CREATE TRIGGER {table}_no_{deed.lower()} BEFORE {deed} ON {table} "
                f"BEGIN SELECT RAISE(ABORT, '{says}'); END"
            )
        # `INSERT OR REPLACE` takes the old row away without a word to the trigger above.
        op.execute(
            f"CREATE TRIGGER {table}_no_replace BEFORE INSERT ON {table} WHEN EXISTS "
            f'(SELECT 1 FROM {table} WHERE "case" = NEW."case" AND number = NEW.number) '
            f"BEGIN SELECT RAISE(ABORT, '{says}'); END"
        )
        return
    op.execute(
        f"CREATE FUNCTION {table}_stay() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION '{says}'; END $$"
    )
    op.execute(
        f"CREATE TRIGGER {table}_stay BEFORE UPDATE OR DELETE OR TRUNCATE ON {table} "
        f"FOR EACH STATEMENT EXECUTE FUNCTION {table}_stay()"
    )

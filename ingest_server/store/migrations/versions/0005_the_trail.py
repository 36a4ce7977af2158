"""Who looked at what and who decided what, for good: a table that the database itself lets nobody change."""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None

_FORBIDDEN = "the trail is only ever appended to"


def upgrade() -> None:
    """Apply."""
    op.create_table(
        "trail",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("at_ms", sa.BigInteger(), nullable=False),
        sa.Column("actor", sa.String(length=64), nullable=False),
        sa.Column("role", sa.String(length=16), nullable=True),
        sa.Column("agency", sa.String(length=64), nullable=True),
        sa.Column("deed", sa.String(length=16), nullable=False),
        sa.Column("route", sa.String(length=128), nullable=False),
        sa.Column("about", sa.String(length=512), nullable=False),
        sa.Column("status", sa.Integer(), nullable=False),
        sa.Column("address", sa.String(length=64), nullable=False),
        sa.Column("prev", sa.String(length=64), nullable=False),
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("prev", name="trail_is_one_chain"),
    )
    op.create_index("trail_by_agency", "trail", ["agency", "id"])
    op.create_index("trail_by_actor", "trail", ["actor", "id"])
    if op.get_bind().dialect.name == "sqlite":
        for deed in ("UPDATE", "DELETE"):
            op.execute(
                f"CREATE TRIGGER trail_no_{deed.lower()} BEFORE {deed} ON trail "
                f"BEGIN SELECT RAISE(ABORT, '{_FORBIDDEN}'); END"
            )
        # `INSERT OR REPLACE` takes the old row away without a word to the trigger above.
        op.execute(
            "CREATE TRIGGER trail_no_replace BEFORE INSERT ON trail "
            "WHEN EXISTS (SELECT 1 FROM trail WHERE id = NEW.id OR prev = NEW.prev) "
            f"BEGIN SELECT RAISE(ABORT, '{_FORBIDDEN}'); END"
        )
    else:
        op.execute(
            "CREATE FUNCTION trail_stays() RETURNS trigger LANGUAGE plpgsql AS "
            f"$$ BEGIN RAISE EXCEPTION '{_FORBIDDEN}'; END $$"
        )
        op.execute(
            "CREATE TRIGGER trail_stays BEFORE UPDATE OR DELETE OR TRUNCATE ON trail "
            "FOR EACH STATEMENT EXECUTE FUNCTION trail_stays()"
        )


def downgrade() -> None:
    """Undo: the trail is lost."""
    op.drop_table("trail")
    if op.get_bind().dialect.name != "sqlite":
        op.execute("DROP FUNCTION trail_stays")

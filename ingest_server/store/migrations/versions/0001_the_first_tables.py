"""The first tables."""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply."""
    op.create_table(
        "devices",
        sa.Column("device", sa.String(length=64), nullable=False),
        sa.Column("agency", sa.String(length=64), nullable=False),
        sa.Column("kid", sa.String(length=64), nullable=False),
        sa.Column("jwk", sa.JSON(), nullable=False),
        sa.Column("ueid", sa.String(length=64), nullable=False),
        sa.Column("state", sa.String(length=16), nullable=False),
        sa.Column("enrolled_at_ms", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("device"),
        sa.UniqueConstraint("kid"),
    )
    with op.batch_alter_table("devices", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_devices_agency"), ["agency"], unique=False)

    op.create_table(
        "ledger_nodes",
        sa.Column("level", sa.Integer(), nullable=False),
        sa.Column("index", sa.BigInteger(), nullable=False),
        sa.Column("hash", sa.LargeBinary(length=32), nullable=False),
        sa.PrimaryKeyConstraint("level", "index"),
    )
    op.create_table(
        "users",
        sa.Column("name", sa.String(length=64), nullable=False),
        sa.Column("role", sa.String(length=16), nullable=False),
        sa.Column("agency", sa.String(length=64), nullable=True),
        sa.Column("password_hash", sa.String(length=256), nullable=False),
        sa.PrimaryKeyConstraint("name"),
    )
    op.create_table(
        "records",
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column("log_index", sa.BigInteger(), nullable=False),
        sa.Column("device", sa.String(length=64), nullable=False),
        sa.Column("seq", sa.BigInteger(), nullable=False),
        sa.Column("prev", sa.String(length=64), nullable=True),
        sa.Column("link_state", sa.String(length=16), nullable=False),
        sa.Column("received_at_ms", sa.BigInteger(), nullable=False),
        sa.Column("sealed", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(
            ["device"],
            ["devices.device"],
        ),
        sa.PrimaryKeyConstraint("digest"),
        sa.UniqueConstraint("log_index"),
    )
    with op.batch_alter_table("records", schema=None) as batch_op:
        batch_op.create_index("records_chain", ["device", "seq"], unique=False)

    op.create_table(
        "sessions",
        sa.Column("token_hash", sa.String(length=64), nullable=False),
        sa.Column("user", sa.String(length=64), nullable=False),
        sa.Column("created_at_ms", sa.BigInteger(), nullable=False),
        sa.Column("seen_at_ms", sa.BigInteger(), nullable=False),
        sa.Column("expires_at_ms", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(
            ["user"],
            ["users.name"],
        ),
        sa.PrimaryKeyConstraint("token_hash"),
    )
    op.create_table(
        "verdicts",
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column("calibration", sa.String(length=64), nullable=False),
        sa.Column("scored_at_ms", sa.BigInteger(), nullable=False),
        sa.Column("verdict", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(
            ["digest"],
            ["records.digest"],
        ),
        sa.PrimaryKeyConstraint("digest", "calibration"),
    )
    op.create_table(
        "visits",
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column("visit", sa.String(length=36), nullable=False),
        sa.Column("agency", sa.String(length=64), nullable=False),
        sa.Column("device", sa.String(length=64), nullable=False),
        sa.Column("caregiver", sa.String(length=64), nullable=False),
        sa.Column("recipient", sa.String(length=64), nullable=False),
        sa.Column("check_in_ms", sa.BigInteger(), nullable=False),
        sa.Column("check_out_ms", sa.BigInteger(), nullable=False),
        sa.Column("duration_s", sa.Float(), nullable=False),
        sa.Column("band", sa.String(length=24), nullable=False),
        sa.Column("typology", sa.String(length=24), nullable=False),
        sa.Column("suspicion", sa.Float(), nullable=False),
        sa.Column("observed_share", sa.Float(), nullable=False),
        sa.ForeignKeyConstraint(
            ["digest"],
            ["records.digest"],
        ),
        sa.PrimaryKeyConstraint("digest"),
    )
    with op.batch_alter_table("visits", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_visits_visit"), ["visit"], unique=False)
        batch_op.create_index("visits_by_agency", ["agency", "check_in_ms", "digest"], unique=False)
        batch_op.create_index("visits_by_caregiver", ["caregiver", "check_in_ms", "digest"], unique=False)
        batch_op.create_index("visits_by_time", ["check_in_ms", "digest"], unique=False)


def downgrade() -> None:
    """Undo."""
    with op.batch_alter_table("visits", schema=None) as batch_op:
        batch_op.drop_index("visits_by_time")
        batch_op.drop_index("visits_by_caregiver")
        batch_op.drop_index("visits_by_agency")
        batch_op.drop_index(batch_op.f("ix_visits_visit"))

    op.drop_table("visits")
    op.drop_table("verdicts")
    op.drop_table("sessions")
    with op.batch_alter_table("records", schema=None) as batch_op:
        batch_op.drop_index("records_chain")

    op.drop_table("records")
    op.drop_table("users")
    op.drop_table("ledger_nodes")
    with op.batch_alter_table("devices", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_devices_agency"))

    op.drop_table("devices")

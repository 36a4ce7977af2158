"""Rule sets and thresholds with their histories, and verdicts by the rules and for the purpose that they were given."""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply."""
    _rule_sets()
    _histories()
    _verdicts_by_rules()
    _standing_verdicts()


def downgrade() -> None:
    """Undo; of several verdicts on a record under one calibration, only the standing one stays."""
    op.create_table(
        "verdicts_before",
        *_verdict_columns(),
        sa.ForeignKeyConstraint(["digest"], ["records.digest"]),
        sa.PrimaryKeyConstraint("digest", "calibration"),
    )
    op.execute(
        "INSERT INTO verdicts_before SELECT v.digest, v.calibration, v.scored_at_ms, v.verdict FROM verdicts v "
        "JOIN visits s ON s.digest = v.digest AND s.calibration = v.calibration AND s.rules = v.rules"
    )
    op.drop_table("verdicts")
    op.rename_table("verdicts_before", "verdicts")
    with op.batch_alter_table("visits") as batch_op:
        batch_op.drop_column("rules")
        batch_op.drop_column("calibration")
    for table in ("threshold_changes", "rule_set_history", "rule_sets"):
        op.drop_table(table)


def _rule_sets() -> None:
    op.create_table(
        "rule_sets",
        sa.Column("version", sa.String(length=64), nullable=False),
        sa.Column("state", sa.String(length=16), nullable=False),
        sa.Column("shadow", sa.Boolean(), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column("replaced", sa.String(length=64), nullable=True),
        sa.ForeignKeyConstraint(["replaced"], ["rule_sets.version"]),
        sa.PrimaryKeyConstraint("version"),
    )
    for name, column, where in (("live", "state", "state = 'live'"), ("shadow", "shadow", "shadow")):
        only = sa.text(where)
        op.create_index(
            f"rule_sets_one_{name}", "rule_sets", [column], unique=True, sqlite_where=only, postgresql_where=only
        )


def _histories() -> None:
    op.create_table(
        "rule_set_history",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("version", sa.String(length=64), nullable=False),
        sa.Column("action", sa.String(length=16), nullable=False),
        *_change_columns(),
        sa.ForeignKeyConstraint(["version"], ["rule_sets.version"]),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("ix_rule_set_history_version", "rule_set_history", ["version"])
    op.create_table(
        "threshold_changes",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("agency", sa.String(length=64), nullable=False),
        sa.Column("review", sa.Float(), nullable=True),
        sa.Column("hold", sa.Float(), nullable=True),
        *_change_columns(),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("ix_threshold_changes_agency", "threshold_changes", ["agency"])


def _verdicts_by_rules() -> None:
    # SQLite cannot change a primary key in place. Until now rules were code and called themselves 1,
    # as the first rule set does, which asks other questions: their verdicts must not pass for its.
    op.create_table(
        "verdicts_by_rules",
        *_verdict_columns(),
        sa.Column("rules", sa.String(length=64), nullable=False),
        sa.Column("purpose", sa.String(length=8), nullable=False),
        sa.ForeignKeyConstraint(["digest"], ["records.digest"]),
        sa.PrimaryKeyConstraint("digest", "calibration", "rules"),
    )
    op.execute(
        "INSERT INTO verdicts_by_rules (digest, calibration, rules, purpose, scored_at_ms, verdict) "
        "SELECT digest, calibration, 'before-rules', 'live', scored_at_ms, verdict FROM verdicts"
    )
    op.drop_table("verdicts")
    op.rename_table("verdicts_by_rules", "verdicts")


def _standing_verdicts() -> None:
    for column in ("calibration", "rules"):
        op.add_column("visits", sa.Column(column, sa.String(length=64), nullable=True))
    latest = "SELECT calibration FROM verdicts WHERE digest = visits.digest ORDER BY scored_at_ms DESC LIMIT 1"
    op.execute(f"UPDATE visits SET rules = 'before-rules', calibration = COALESCE(({latest}), '')")
    with op.batch_alter_table("visits") as batch_op:
        batch_op.alter_column("calibration", existing_type=sa.String(length=64), nullable=False)
        batch_op.alter_column("rules", existing_type=sa.String(length=64), nullable=False)


def _verdict_columns() -> list[sa.Column[object]]:
    return [
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column("calibration", sa.String(length=64), nullable=False),
        sa.Column("scored_at_ms", sa.BigInteger(), nullable=False),
        sa.Column("verdict", sa.LargeBinary(), nullable=False),
    ]


def _change_columns() -> list[sa.Column[object]]:
    return [
        sa.Column("actor", sa.String(length=96), nullable=False),
        sa.Column("at_ms", sa.BigInteger(), nullable=False),
        sa.Column("note", sa.Text(), nullable=True),
    ]

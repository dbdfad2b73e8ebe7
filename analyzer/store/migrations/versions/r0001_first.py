"""The first tables: settings, analyses, sealed texts, decisions."""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the tables."""
    op.create_table(
        "setting",
        sa.Column("name", sa.String(60), primary_key=True),
        sa.Column("value", sa.JSON(), nullable=False),
    )
    op.create_table(
        "analysis",
        sa.Column("id", sa.Integer(), primary_key=True),
        sa.Column("note_id", sa.String(), nullable=False),
        sa.Column("text_sha256", sa.String(64), nullable=False),
        sa.Column("model", sa.String(), nullable=False),
        sa.Column("stored_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("body", sa.JSON(), nullable=False),
        sa.UniqueConstraint("note_id", "text_sha256"),
    )
    op.create_table(
        "sealed",
        sa.Column("analysis_id", sa.Integer(), sa.ForeignKey("analysis.id", ondelete="CASCADE"), primary_key=True),
        sa.Column("stored_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("content", sa.LargeBinary(), nullable=False),
    )
    op.create_index("ix_sealed_stored_at", "sealed", ["stored_at"])
    op.create_table(
        "decision",
        sa.Column("id", sa.Integer(), primary_key=True),
        sa.Column("note_id", sa.String(), nullable=False),
        sa.Column("text_sha256", sa.String(64), nullable=False),
        *(sa.Column(name, sa.Integer(), nullable=False) for name in ("segment_start", "segment_end", "start", "end")),
        sa.Column("strategy", sa.String(60)),
        sa.Column("status", sa.String(30)),
        sa.Column("verdict", sa.String(30), nullable=False),
        sa.Column("said_status", sa.String(30)),
        sa.Column("said_confidence", sa.Double()),
        sa.Column("said_source", sa.String(30)),
        sa.Column("said_reason", sa.String()),
        sa.Column("model", sa.String(), nullable=False),
        sa.Column("who", sa.String(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
    )
    op.create_index("ix_decision_note_id", "decision", ["note_id"])


def downgrade() -> None:
    """Not offered: restore the backup made before."""
    raise NotImplementedError("restore the backup that was made before the newer program opened the store")

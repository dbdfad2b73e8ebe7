"""The store's tables, change by change (Alembic). A revision that was released is never edited."""

"""The schema of PostgreSQL, brought up step by step by Alembic."""

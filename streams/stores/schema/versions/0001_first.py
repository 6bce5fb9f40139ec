"""The first schema: facts, keys, cells by shard, and everything else that a batch writes in its one transaction."""

from __future__ import annotations

from alembic import op

revision = "0001"
down_revision = None

# Order and uniqueness of texts are those of their code points in every store, whatever the database's language.
TABLES = """
CREATE SEQUENCE batches;
CREATE TABLE keys(event_key bytea PRIMARY KEY, content_hash bytea, case_key text COLLATE "C",
  retracted boolean NOT NULL DEFAULT false);
CREATE TABLE facts(case_key text COLLATE "C" NOT NULL, event_key bytea NOT NULL, content_hash bytea NOT NULL,
  event_type text NOT NULL, occurred_at bigint NOT NULL, batch bigint NOT NULL, body bytea NOT NULL,
  is_retracted boolean NOT NULL, PRIMARY KEY(case_key, event_key));
CREATE INDEX facts_by_batch ON facts(batch);
CREATE TABLE projections(key text COLLATE "C" NOT NULL, case_key text COLLATE "C" NOT NULL, value bytea NOT NULL,
  PRIMARY KEY(key, case_key));
CREATE INDEX projections_by_case ON projections(case_key);
CREATE TABLE readers(key text COLLATE "C" NOT NULL, case_key text COLLATE "C" NOT NULL, PRIMARY KEY(key, case_key));
CREATE TABLE cells(owner text COLLATE "C" NOT NULL, dimension text COLLATE "C" NOT NULL,
  measure text COLLATE "C" NOT NULL, period text COLLATE "C" NOT NULL, item text COLLATE "C" NOT NULL,
  shard integer NOT NULL, value bigint NOT NULL, PRIMARY KEY(owner, dimension, measure, period, item, shard))
  WITH (fillfactor = 70);
CREATE TABLE minutes(owner text COLLATE "C" NOT NULL, dimension text COLLATE "C" NOT NULL,
  measure text COLLATE "C" NOT NULL, minute bigint NOT NULL, item text COLLATE "C" NOT NULL,
  shard integer NOT NULL, value bigint NOT NULL, PRIMARY KEY(owner, dimension, measure, minute, item, shard))
  WITH (fillfactor = 70);
CREATE INDEX minutes_by_age ON minutes(shard, minute);
CREATE TABLE problems(case_key text COLLATE "C" NOT NULL, code text COLLATE "C" NOT NULL,
  detail text COLLATE "C" NOT NULL, blocks boolean NOT NULL, PRIMARY KEY(case_key, code, detail));
CREATE TABLE quarantine(id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, reason text NOT NULL, detail text NOT NULL,
  place text NOT NULL, raw bytea NOT NULL, batch bigint NOT NULL, state text NOT NULL);
CREATE UNIQUE INDEX quarantine_once ON quarantine(md5(place), sha256(raw));
CREATE TABLE conflicts(event_key bytea NOT NULL, content_hash bytea NOT NULL, event_type text NOT NULL,
  case_key text COLLATE "C" NOT NULL, occurred_at bigint NOT NULL, body bytea NOT NULL, resolution text NOT NULL,
  PRIMARY KEY(event_key, content_hash));
CREATE TABLE settings(name text COLLATE "C" PRIMARY KEY, value text NOT NULL);
CREATE TABLE shards(shard integer PRIMARY KEY, batch bigint NOT NULL, watermark_us bigint NOT NULL,
  ingested_us bigint NOT NULL, seen bigint NOT NULL, accepted bigint NOT NULL, duplicates bigint NOT NULL,
  rejected bigint NOT NULL, conflicts bigint NOT NULL) WITH (fillfactor = 50);
CREATE TABLE standings(source text COLLATE "C" PRIMARY KEY, position text, epoch bigint NOT NULL DEFAULT 0,
  note text NOT NULL DEFAULT '') WITH (fillfactor = 50);
CREATE TABLE marks(shard integer NOT NULL, source text COLLATE "C" NOT NULL, watermark_us bigint NOT NULL,
  PRIMARY KEY(source, shard)) WITH (fillfactor = 50);
CREATE TABLE closes(period text COLLATE "C" NOT NULL, run integer NOT NULL, state text NOT NULL, digest text NOT NULL,
  cut_batch bigint NOT NULL, requested_by text NOT NULL, approved_by text NOT NULL, body text NOT NULL,
  definitions text NOT NULL, PRIMARY KEY(period, run));
CREATE TABLE audit(id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, at_us bigint NOT NULL, who text NOT NULL,
  action text NOT NULL, detail text NOT NULL);
"""


def upgrade() -> None:
    """Make the tables."""
    op.execute(TABLES)


def downgrade() -> None:
    """There is nothing before the first schema: drop the database instead."""
    raise NotImplementedError("the first schema has nothing before it; drop the database instead")

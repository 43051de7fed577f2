/** The outbox's tables, version 1. A change needs a new number here and a step in `openDatabase`. */
export const SCHEMA_VERSION = 1;

export const SCHEMA = `
CREATE TABLE record (
  sequence INTEGER PRIMARY KEY,
  id TEXT NOT NULL,
  kind TEXT NOT NULL,
  rank INTEGER NOT NULL,
  created_at INTEGER NOT NULL,
  about TEXT,
  counting INTEGER NOT NULL,
  bytes INTEGER NOT NULL,
  envelope TEXT NOT NULL
) STRICT;
CREATE INDEX record_order ON record (rank, sequence) WHERE counting = 0;
CREATE INDEX record_rank ON record (rank, sequence);
CREATE INDEX record_counting ON record (about) WHERE counting = 1;
CREATE TABLE blob (
  sha256 TEXT PRIMARY KEY,
  record_id TEXT NOT NULL,
  rank INTEGER NOT NULL,
  sequence INTEGER NOT NULL,
  state TEXT NOT NULL CHECK (state IN ('announced', 'wanted', 'quarantined')),
  reason TEXT,
  bytes INTEGER NOT NULL,
  content BLOB NOT NULL
) STRICT;
CREATE INDEX blob_order ON blob (rank, sequence);
CREATE INDEX blob_wanted ON blob (rank, sequence) WHERE state = 'wanted';
CREATE INDEX blob_sequence ON blob (sequence);
CREATE TABLE promised (record_id TEXT PRIMARY KEY, rank INTEGER NOT NULL) STRICT;
CREATE TABLE quarantine (
  sequence INTEGER PRIMARY KEY,
  reason TEXT NOT NULL,
  at INTEGER NOT NULL,
  id TEXT NOT NULL,
  kind TEXT NOT NULL,
  rank INTEGER NOT NULL,
  created_at INTEGER NOT NULL,
  about TEXT,
  bytes INTEGER NOT NULL,
  envelope TEXT NOT NULL
) STRICT;
CREATE TABLE meta (name TEXT PRIMARY KEY, value INTEGER NOT NULL) STRICT;
CREATE TABLE owner (device_id TEXT NOT NULL) STRICT;
INSERT INTO meta VALUES ('last_sequence', 0), ('dropped', 0);
`;

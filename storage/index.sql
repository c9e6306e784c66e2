-- The schema begins by dropping what an earlier one left: the index is
-- disposable, so another schema means making it anew, never migrating.
DROP TABLE IF EXISTS meta;
DROP TABLE IF EXISTS journals;
DROP TABLE IF EXISTS documents;
DROP TABLE IF EXISTS bodies;
DROP TABLE IF EXISTS texts;

CREATE TABLE meta (name TEXT PRIMARY KEY, value TEXT NOT NULL);

-- How far each journal has been folded: sequence and digest of that entry.
CREATE TABLE journals (journal TEXT PRIMARY KEY, seq INTEGER NOT NULL, head TEXT NOT NULL);

CREATE TABLE documents (
  row          INTEGER PRIMARY KEY,
  journal      TEXT NOT NULL,
  id           TEXT NOT NULL,
  organization TEXT NOT NULL,
  type         TEXT NOT NULL,
  number       INTEGER NOT NULL,
  symbol       TEXT NOT NULL,
  year         INTEGER NOT NULL,
  date         TEXT NOT NULL,
  day          TEXT NOT NULL, -- date, or the day of the newest entry before there is one
  subject      TEXT NOT NULL,
  signatory    TEXT NOT NULL,
  recipients   TEXT NOT NULL, -- JSON array of names
  state        TEXT NOT NULL,
  version      INTEGER NOT NULL,
  UNIQUE (journal, id)
);
CREATE INDEX documents_day ON documents (day DESC, row DESC);
CREATE INDEX documents_number ON documents (number, year);

-- For excerpts; apart, because a sort reads through many documents.
CREATE TABLE bodies (row INTEGER PRIMARY KEY, body TEXT NOT NULL);

-- Folded columns, and the whole once more with accents. The words are split
-- here, all other folding is done before, on both sides.
CREATE VIRTUAL TABLE texts USING fts5 (
  symbol, subject, organization, signatory, recipients, body, exact,
  content = '', contentless_delete = 1, tokenize = "unicode61 remove_diacritics 0"
);

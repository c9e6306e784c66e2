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
  type_name    TEXT NOT NULL,
  series       TEXT NOT NULL,
  number       INTEGER NOT NULL,
  symbol       TEXT NOT NULL,
  year         INTEGER NOT NULL, -- of day
  date         TEXT NOT NULL,
  day          TEXT NOT NULL, -- date, or the day of the newest entry before there is one
  subject      TEXT NOT NULL,
  person       TEXT NOT NULL, -- who signs, by id
  signatory    TEXT NOT NULL, -- and by name
  recipients   TEXT NOT NULL, -- JSON array of record.Recipient
  names        TEXT NOT NULL, -- theirs, one a line: lists need no more
  unit         TEXT NOT NULL, -- that keeps a copy
  kept         INTEGER NOT NULL, -- copies
  state        TEXT NOT NULL,
  version      INTEGER NOT NULL,
  note         TEXT NOT NULL,
  handed_over  TEXT NOT NULL, -- day of the last delivery
  receipt      TEXT NOT NULL,
  portal       INTEGER NOT NULL, -- deliveries by channel
  email        INTEGER NOT NULL,
  paper        INTEGER NOT NULL,
  UNIQUE (journal, id)
);

-- Lists are newest first. Each index holds, after what it is in the order of,
-- what the other filters need, so that what they reject is never looked up.
CREATE INDEX documents_list   ON documents (day DESC, row DESC, journal, type);
CREATE INDEX documents_state  ON documents (state, day DESC, row DESC, journal, type);
CREATE INDEX documents_person ON documents (person, day DESC, row DESC, journal, type, state);
CREATE INDEX documents_number ON documents (number, day DESC, row DESC, journal, type, state, person);

-- The register is by number, and only of what has one.
CREATE INDEX documents_register ON documents (journal, year, series, number, row) WHERE number > 0;

-- For excerpts; apart, because a sort reads through many documents.
CREATE TABLE bodies (row INTEGER PRIMARY KEY, body TEXT NOT NULL);

-- Folded columns, and the whole once more with accents. The words are split
-- here, all other folding is done before, on both sides.
CREATE VIRTUAL TABLE texts USING fts5 (
  symbol, subject, organization, signatory, recipients, body, exact,
  facets, -- a word for each thing that filters ask for: ranking then never leaves this table
  content = '', contentless_delete = 1, tokenize = "unicode61 remove_diacritics 0"
);
INSERT INTO texts (texts, rank) VALUES ('rank', 'bm25(8, 4, 2, 2, 3, 1, 0, 0)');

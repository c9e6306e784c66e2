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
  signers      TEXT NOT NULL, -- all who sign, by name and id: what a search for people reads
  recipients   TEXT NOT NULL, -- JSON array of record.Recipient
  names        TEXT NOT NULL, -- theirs, one a line: lists need no more
  unit         TEXT NOT NULL, -- that keeps a copy
  kept         INTEGER NOT NULL, -- copies
  copies       INTEGER NOT NULL, -- on paper, for all recipients
  state        TEXT NOT NULL,
  version      INTEGER NOT NULL,
  note         TEXT NOT NULL,
  handed_over  TEXT NOT NULL, -- day of the last delivery
  receipt      TEXT NOT NULL,
  portal       INTEGER NOT NULL, -- deliveries by channel
  email        INTEGER NOT NULL,
  paper        INTEGER NOT NULL,
  rule         TEXT NOT NULL, -- of its retention
  urgency      TEXT NOT NULL,
  held         TEXT NOT NULL, -- "yes" while a legal hold is on it
  changed      INTEGER NOT NULL, -- grows with each change of a row
  UNIQUE (journal, id)
);

-- What a cards reads of the rows that changed since it last looked (cards.go).
CREATE UNIQUE INDEX documents_changed ON documents (changed, row, day, number, journal, type, state, person, unit, series, rule, urgency, held, signatory);

-- The register is by number, and only of what has one.
CREATE INDEX documents_register ON documents (journal, year, series, number, row) WHERE number > 0;

-- For excerpts; apart, because a sort reads through many documents.
CREATE TABLE bodies (row INTEGER PRIMARY KEY, body TEXT NOT NULL);

-- Each column of words twice: folded, and with its accents (x). The words are
-- split here, all other folding is done before, on both sides (fold.go).
CREATE VIRTUAL TABLE texts USING fts5 (
  symbol, kind, subject, organization, signatory, recipients, unit, date, body,
  xsymbol, xkind, xsubject, xorganization, xsignatory, xrecipients, xunit, xdate, xbody,
  facets, -- a word for each thing that filters ask for: ranking then never leaves this table
  content = '', contentless_delete = 1, prefix = '3', tokenize = "unicode61 remove_diacritics 0"
);
INSERT INTO texts (texts, rank) VALUES ('rank', 'bm25(8, 2, 4, 2, 2, 3, 1, 1, 1, 8, 2, 4, 2, 2, 3, 1, 1, 1, 0)');

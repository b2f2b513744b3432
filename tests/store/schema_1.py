"""The tables of schema 1 as ragnano 0.1 created them, frozen: migrations are tested on databases as users have them."""

SCHEMA_1 = """
CREATE TABLE meta (key TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;

CREATE TABLE documents (
    id TEXT PRIMARY KEY,                    -- SHA-256 of the bytes, hex
    title TEXT NOT NULL,
    media_type TEXT NOT NULL,
    pages INTEGER NOT NULL,
    size INTEGER NOT NULL,                  -- bytes
    parties TEXT NOT NULL,                  -- JSON list
    date TEXT,                              -- ISO 8601
    status TEXT NOT NULL CHECK (status IN ('ready', 'partial')),
    author TEXT NOT NULL,
    outline TEXT NOT NULL,                  -- JSON list of [level, title, page]
    added TEXT NOT NULL                     -- ISO 8601, UTC
) WITHOUT ROWID;

CREATE TABLE placements (
    collection TEXT NOT NULL,
    path TEXT NOT NULL,
    document TEXT NOT NULL REFERENCES documents ON DELETE CASCADE,
    size INTEGER NOT NULL,                  -- bytes, as the file system told
    mtime_ns INTEGER NOT NULL,
    PRIMARY KEY (collection, path)
) WITHOUT ROWID;
CREATE INDEX placements_by_document ON placements (document);

CREATE TABLE pages (
    document TEXT NOT NULL REFERENCES documents ON DELETE CASCADE,
    number INTEGER NOT NULL CHECK (number >= 1),
    width REAL NOT NULL,                    -- points
    height REAL NOT NULL,
    text TEXT NOT NULL,
    words BLOB NOT NULL,                    -- zlib over ragnano.boxes' packing
    read_by TEXT NOT NULL,
    unreadable TEXT,
    UNIQUE (document, number)
);

CREATE TABLE chunks (
    id INTEGER PRIMARY KEY AUTOINCREMENT,   -- never used twice, so that no cache can mix up old and new
    document TEXT NOT NULL REFERENCES documents ON DELETE CASCADE,
    ordinal INTEGER NOT NULL,
    context TEXT NOT NULL,
    section TEXT NOT NULL,
    text TEXT NOT NULL,
    spans TEXT NOT NULL,                    -- JSON list of [page, start, end]
    tokens INTEGER NOT NULL,
    UNIQUE (document, ordinal)
);

-- One row a document: reading a scope's vectors touches their bytes and nothing else.
CREATE TABLE embeddings (
    document TEXT PRIMARY KEY REFERENCES documents ON DELETE CASCADE,
    first INTEGER NOT NULL,                 -- id of the first chunk; the others follow in order
    count INTEGER NOT NULL,
    dimensions INTEGER NOT NULL,
    made_by TEXT NOT NULL,                  -- digest of the fingerprint in force when they were made
    vectors BLOB NOT NULL                   -- float16 little-endian (count, dimensions), row by row
);

CREATE VIRTUAL TABLE chunk_index USING fts5 (
    context, section, text,
    content = 'chunks', content_rowid = 'id', tokenize = 'porter unicode61 remove_diacritics 2'
);
CREATE TRIGGER chunk_in AFTER INSERT ON chunks BEGIN
    INSERT INTO chunk_index (rowid, context, section, text) VALUES (new.id, new.context, new.section, new.text);
END;
CREATE TRIGGER chunk_out AFTER DELETE ON chunks BEGIN
    INSERT INTO chunk_index (chunk_index, rowid, context, section, text)
    VALUES ('delete', old.id, old.context, old.section, old.text);
END;

CREATE TABLE vector_log (
    seq INTEGER PRIMARY KEY AUTOINCREMENT,
    op TEXT NOT NULL CHECK (op IN ('add', 'remove')),
    document TEXT NOT NULL
);
"""

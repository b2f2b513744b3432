"""The catalogue's tables, and the configuration of connections.

Schema 2 introduced the history of conversations, schema 3 page notes (names, marks, hidden text), schema 4 sketches,
which find versions of one text. The text of documents is stored once: the word index is an FTS5 table with external
content (an inverted index over `chunks` without text of its own). Triggers keep it in sync; they also fire when the
removal of a document cascades.

FTS5's 'secure-delete' is not used: SQLite before 3.42 could not read the file, and Python 3.11 to 3.13 are still built
with such versions. `Catalogue.compact` merges the index instead, which removes the words for good.
"""

import os
import sqlite3
import uuid
from pathlib import Path

from ragnano.errors import StoreDamaged, StoreError

SCHEMA = 4
# "ragn" in ASCII, in the file's header: distinguishes a catalogue from other SQLite files.
APPLICATION_ID = 0x7261676E
# Seconds to wait for another process's transaction. The longest transaction stores one document.
BUSY_S = 10.0
# RETURNING requires 3.35 (March 2021).
_OLDEST = (3, 35, 0)

DOCUMENT_TABLES = """
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

NOTE_TABLES = """
-- What few pages have: a name, named places in their text, text that is hidden from readers.
CREATE TABLE page_notes (
    document TEXT NOT NULL REFERENCES documents ON DELETE CASCADE,
    number INTEGER NOT NULL,
    place TEXT NOT NULL,
    marks TEXT NOT NULL,                    -- JSON list of [start, end, name]
    hidden TEXT NOT NULL,                   -- JSON list of [kind, text, box]
    PRIMARY KEY (document, number)
) WITHOUT ROWID;
"""

SKETCH_TABLES = """
CREATE TABLE sketches (
    id INTEGER PRIMARY KEY,
    document TEXT NOT NULL UNIQUE REFERENCES documents ON DELETE CASCADE,
    minima BLOB NOT NULL                    -- uint32 little-endian (128,); empty: too little text
);

-- Documents that have a number in common may be versions of one text.
CREATE TABLE sketch_bands (
    band INTEGER NOT NULL,
    sketch INTEGER NOT NULL REFERENCES sketches ON DELETE CASCADE,
    PRIMARY KEY (band, sketch)
) WITHOUT ROWID;
CREATE INDEX sketch_bands_by_sketch ON sketch_bands (sketch);
"""

HISTORY_TABLES = """
CREATE TABLE conversations (
    id TEXT PRIMARY KEY,                    -- random, hex
    title TEXT NOT NULL,                    -- its first question
    scope TEXT NOT NULL,                    -- JSON of ragnano.types.Scope
    created TEXT NOT NULL,                  -- ISO 8601, UTC
    updated TEXT NOT NULL
) WITHOUT ROWID;

CREATE TABLE turns (
    conversation TEXT NOT NULL REFERENCES conversations ON DELETE CASCADE,
    ordinal INTEGER NOT NULL CHECK (ordinal >= 1),
    asked TEXT NOT NULL,
    read_as TEXT NOT NULL,
    scope TEXT NOT NULL,                    -- JSON
    answer TEXT,                            -- JSON of ragnano.types.Answer; NULL: removed with a document it rested on
    created TEXT NOT NULL,
    UNIQUE (conversation, ordinal)
);

-- Every document that a turn quotes, names or was asked of; ordinal 0: that the conversation itself was limited to.
CREATE TABLE turn_documents (
    document TEXT NOT NULL,
    conversation TEXT NOT NULL REFERENCES conversations ON DELETE CASCADE,
    ordinal INTEGER NOT NULL,
    PRIMARY KEY (document, conversation, ordinal)
) WITHOUT ROWID;
CREATE INDEX turn_documents_by_conversation ON turn_documents (conversation);

-- A document goes with all its words, whatever removes it. The questions about it are the user's own and stay.
CREATE TRIGGER document_out AFTER DELETE ON documents BEGIN
    UPDATE turns SET answer = NULL WHERE (conversation, ordinal) IN (
        SELECT conversation, ordinal FROM turn_documents WHERE document = old.id);
    UPDATE turns SET scope = json_set(scope, '$.documents', (
            SELECT json_group_array(value) FROM json_each(scope, '$.documents') WHERE value <> old.id))
        WHERE json_type(scope, '$.documents') = 'array' AND (conversation, ordinal) IN (
            SELECT conversation, ordinal FROM turn_documents WHERE document = old.id);
    UPDATE conversations SET scope = json_set(scope, '$.documents', (
            SELECT json_group_array(value) FROM json_each(scope, '$.documents') WHERE value <> old.id))
        WHERE id IN (SELECT conversation FROM turn_documents WHERE document = old.id AND ordinal = 0);
    DELETE FROM turn_documents WHERE document = old.id;
END;
"""


def connect(path: Path, *, writer: bool, address: str | None = None) -> sqlite3.Connection:
    """Opens a connection for one thread at a time; the caller begins and ends transactions. `address` is a URI to open
    instead of the path.

    synchronous=FULL, not NORMAL: NORMAL keeps a WAL database consistent through a power cut but may lose the last
    transactions. A document that was reported as ingested would be gone, and the vector log would assign numbers twice,
    to different documents, although a vector cache may have applied the first ones already. The cost is one flush per
    document. fullfsync makes the flush effective on macOS; other systems ignore it.
    """
    if sqlite3.sqlite_version_info < _OLDEST:
        raise StoreError(
            f"this Python comes with SQLite {sqlite3.sqlite_version}; ragnano needs 3.35 or newer: "
            "use a newer build of Python"
        )
    connection = sqlite3.connect(
        address or path, timeout=BUSY_S, isolation_level=None, check_same_thread=False, uri=address is not None
    )
    try:
        for pragma in (
            "foreign_keys = ON",
            "secure_delete = ON",
            "synchronous = FULL",
            "fullfsync = ON",
            # Sorted and intermediate rows contain document text: they must not reach a temporary file.
            "temp_store = MEMORY",
            f"query_only = {'OFF' if writer else 'ON'}",
        ):
            connection.execute(f"PRAGMA {pragma}")
    except BaseException:
        connection.close()
        raise
    return connection


def make_private(data_dir: Path, database: Path) -> None:
    """Creates the data directory (0700) and the database file (0600) if missing, so that nobody else can read them.

    A folder that contains other files keeps its mode; the catalogue's files are private by themselves.
    """
    data_dir.mkdir(mode=0o700, parents=True, exist_ok=True)
    if database.exists() or not any(data_dir.iterdir()):
        data_dir.chmod(0o700)
    # SQLite gives its -wal and -shm files the mode of the database.
    os.close(os.open(database, os.O_RDWR | os.O_CREAT, 0o600))
    database.chmod(0o600)


def stored_schema(connection: sqlite3.Connection, path: Path) -> int:
    """Returns the schema of the existing tables, 0 if there are none.

    Raises StoreError for a newer schema, StoreDamaged for a database of another program.
    """
    # The tables first: another process may create them, in one transaction with both numbers, at any moment.
    tables: int = connection.execute("SELECT count(*) FROM sqlite_schema").fetchone()[0]
    if not tables:
        return 0
    version: int = connection.execute("PRAGMA user_version").fetchone()[0]
    application: int = connection.execute("PRAGMA application_id").fetchone()[0]
    if application != APPLICATION_ID:
        raise StoreDamaged(f"{path} is not a ragnano catalogue; move it away, or use another --data-dir")
    if version > SCHEMA:
        raise StoreError(
            f"{path} was made by a newer ragnano (schema {version}, this one reads {SCHEMA}); upgrade ragnano, "
            "or use another --data-dir"
        )
    return version


def create(connection: sqlite3.Connection) -> None:
    """Creates the tables and the catalogue's id in one transaction."""
    # Both must be set before the first table is created. Incremental: freed pages leave the file on request.
    connection.execute("PRAGMA auto_vacuum = INCREMENTAL")
    connection.execute("PRAGMA journal_mode = WAL")
    in_one_transaction(
        connection,
        f"{DOCUMENT_TABLES} {HISTORY_TABLES} {NOTE_TABLES} {SKETCH_TABLES}"
        f"INSERT INTO meta VALUES ('id', '{uuid.uuid4().hex}');"
        f"PRAGMA application_id = {APPLICATION_ID}; PRAGMA user_version = {SCHEMA};",
    )


def in_one_transaction(connection: sqlite3.Connection, script: str) -> None:
    """Runs a script of statements, all or nothing."""
    try:
        connection.executescript(f"BEGIN IMMEDIATE; {script} COMMIT;")
    finally:
        if connection.in_transaction:
            connection.execute("ROLLBACK")

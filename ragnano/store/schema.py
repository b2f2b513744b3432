"""The catalogue's tables, and how a connection to them is set up. Knows no document.

Schema 2 brought the history of conversations, schema 3 what is known of a page beside its text, schema 4
sketches that tell versions of one text. Text of documents is
stored once: the lexical index is an FTS5 table with external content (it holds an inverted index over `chunks` and no
text of its own), kept in step by triggers, which also fire when a removed document cascades.

FTS5's 'secure-delete' is not used: it would make the file unreadable to SQLite before 3.42, which Python 3.11 to 3.13
are still built with. `Catalogue.compact` merges the index instead, which drops removed words for good.
"""

import os
import sqlite3
import uuid
from pathlib import Path

from ragnano.errors import StoreDamaged, StoreError

SCHEMA = 4
# "ragn" in ASCII, in the file's header: tells a catalogue from somebody else's SQLite file.
APPLICATION_ID = 0x7261676E
# Seconds to wait for another process's transaction. The longest is one document's.
BUSY_S = 10.0
# RETURNING came with 3.35 (March 2021).
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
    """Open a connection fit for one thread at a time; transactions are begun and ended by hand. `address` is a URI to
    open it by instead of the path.

    synchronous=FULL, not NORMAL: NORMAL keeps a WAL database consistent through a power cut but may take back the last
    transactions. Then a document that was reported as taken in would be gone, and numbers of the vector log would be
    given out twice, to different documents, behind the back of a vector cache that has already applied them.
    One flush a document is the price. fullfsync makes the flush real on macOS; other systems ignore it.
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
            # Sorted and intermediate rows hold document text: they must not reach a temporary file.
            "temp_store = MEMORY",
            f"query_only = {'OFF' if writer else 'ON'}",
        ):
            connection.execute(f"PRAGMA {pragma}")
    except BaseException:
        connection.close()
        raise
    return connection


def make_private(data_dir: Path, database: Path) -> None:
    """Make the data directory (0700) and the database file (0600) so that nobody else can read them, if not there.

    A folder that already holds other things keeps its mode; the files inside are private by themselves.
    """
    data_dir.mkdir(mode=0o700, parents=True, exist_ok=True)
    if database.exists() or not any(data_dir.iterdir()):
        data_dir.chmod(0o700)
    # SQLite gives its -wal and -shm files the mode of the database.
    os.close(os.open(database, os.O_RDWR | os.O_CREAT, 0o600))
    database.chmod(0o600)


def stored_schema(connection: sqlite3.Connection, path: Path) -> int:
    """The schema of the tables that are there, 0 for none.

    Raises StoreError for a newer schema, StoreDamaged for a strange database.
    """
    version: int = connection.execute("PRAGMA user_version").fetchone()[0]
    application: int = connection.execute("PRAGMA application_id").fetchone()[0]
    tables: int = connection.execute("SELECT count(*) FROM sqlite_schema").fetchone()[0]
    if not tables:
        return 0
    if application != APPLICATION_ID:
        raise StoreDamaged(f"{path} is not a ragnano catalogue; move it away, or use another --data-dir")
    if version > SCHEMA:
        raise StoreError(
            f"{path} was made by a newer ragnano (schema {version}, this one reads {SCHEMA}); upgrade ragnano, "
            "or use another --data-dir"
        )
    return version


def create(connection: sqlite3.Connection) -> None:
    """Make the tables in one transaction, and give the catalogue its id."""
    # Both must be set before the first table is made. Incremental: freed pages leave the file when asked to.
    connection.execute("PRAGMA auto_vacuum = INCREMENTAL")
    connection.execute("PRAGMA journal_mode = WAL")
    in_one_transaction(
        connection,
        f"{DOCUMENT_TABLES} {HISTORY_TABLES} {NOTE_TABLES} {SKETCH_TABLES}"
        f"INSERT INTO meta VALUES ('id', '{uuid.uuid4().hex}');"
        f"PRAGMA application_id = {APPLICATION_ID}; PRAGMA user_version = {SCHEMA};",
    )


def in_one_transaction(connection: sqlite3.Connection, script: str) -> None:
    """Run a script of statements; all of it happens, or nothing."""
    try:
        connection.executescript(f"BEGIN IMMEDIATE; {script} COMMIT;")
    finally:
        if connection.in_transaction:
            connection.execute("ROLLBACK")

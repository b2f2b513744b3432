"""Every error ragnano raises on purpose. Each message says what happened and what to do about it.

RagnanoError
├── ConfigError          a setting or environment variable is wrong
├── QuestionError        the question is empty, too long or asked of nothing
├── NotFoundError        no such document, collection, page or model
│   └── AmbiguousError   the name fits several documents
├── ReceiptError         the file is no receipt, or none can be written there
├── ModelError           a model cannot be used
│   ├── ModelMissing     not fetched yet
│   ├── DigestMismatch   the bytes are not the ones the catalogue names
│   ├── FetchError       no source could give it
│   └── EngineError      the engine failed its proof or died
├── StoreError           the data directory cannot be used
│   ├── StoreBusy        another process is writing
│   ├── StoreDamaged     the truth (SQLite) is corrupt
│   └── IndexMismatch    made with another embedder or chunker: rebuild
└── LoadError            a file cannot be read (ends in the report, never stops the rest)
    ├── UnsupportedFile  no reader for this type
    │   └── UnknownKind  nor is it known as a kind of document
    ├── PasswordNeeded   encrypted, and no password fits
    ├── DamagedFile      no reader could make sense of it
    └── LimitExceeded    took too long, too much memory, or is too large

Errors of libraries are translated at the border where they arise; a test proves it for each.
"""


class RagnanoError(Exception):
    """Base of all. `str(error)` is fit for a user: one line, cause and remedy."""

    exit_code = 1


class ConfigError(RagnanoError):
    """A setting is wrong; the message names it and what it may be."""

    exit_code = 2


class QuestionError(RagnanoError):
    """The question cannot be asked as it stands."""


class NotFoundError(RagnanoError):
    """Nothing goes by that name."""


class AmbiguousError(NotFoundError):
    """Several things go by that name; the message lists them."""


class ReceiptError(RagnanoError):
    """The file is no sound receipt, or a receipt cannot be written there."""


class ModelError(RagnanoError):
    """A model cannot be used."""


class ModelMissing(ModelError):
    """The model has not been fetched; the message gives the command that does."""


class DigestMismatch(ModelError):
    """Downloaded or stored bytes differ from the catalogue's SHA-256; nothing is kept."""


class FetchError(ModelError):
    """None of a model's sources could deliver; the message says what each answered."""


class EngineError(ModelError):
    """The inference engine does not work on this machine, or stopped working."""


class StoreError(RagnanoError):
    """The data directory cannot be used."""


class StoreBusy(StoreError):
    """Another process holds the write lock."""


class StoreDamaged(StoreError):
    """The database is corrupt; the message says how to recover."""


class IndexMismatch(StoreError):
    """The index was made with another embedder or chunker; `ragnano docs rebuild` mends it."""


class LoadError(RagnanoError):
    """A file cannot be read. Raised per file and reported; it never stops the other files."""


class UnsupportedFile(LoadError):
    """There is no reader for this kind of file."""


class UnknownKind(UnsupportedFile):
    """Nothing that is known as a document: data for programs, a sound, a drawing."""


class PasswordNeeded(LoadError):
    """The file is encrypted and no given password opens it."""


class DamagedFile(LoadError):
    """No reader could make sense of the bytes."""


class LimitExceeded(LoadError):
    """Reading took longer, or more memory, or the file is larger, than the settings allow."""

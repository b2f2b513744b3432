"""Every error that ragnano raises on purpose. Each message says what happened and what to do about it.

RagnanoError
├── ConfigError          a setting or environment variable is wrong
├── ExtraMissing         a feature needs packages that a plain installation leaves out
├── QuestionError        the question is empty, too long or asked of no document
├── NotFoundError        no such document, collection, page or model
│   └── AmbiguousError   the name fits several documents
├── ReceiptError         the file is not a receipt, or a receipt cannot be written there
├── ModelError           a model cannot be used
│   ├── ModelMissing     not downloaded yet
│   ├── DigestMismatch   the bytes differ from the catalogue's digest
│   ├── FetchError       no source could deliver the model
│   └── EngineError      the engine failed its self-test or died
├── StoreError           the data directory cannot be used
│   ├── StoreBusy        another process is writing
│   ├── StoreDamaged     the SQLite database, the source of truth, is corrupt
│   └── IndexMismatch    made with another embedder or chunker: rebuild
└── LoadError            a file cannot be read (reported; never stops the other files)
    ├── UnsupportedFile  no parser for this type
    │   └── UnknownKind  not recognised as any kind of document
    ├── PasswordNeeded   encrypted, and no password fits
    ├── DamagedFile      no parser could make sense of the bytes
    └── LimitExceeded    took too long or too much memory, or is too large

Errors of libraries are translated where they arise; a test covers each translation.
"""


class RagnanoError(Exception):
    """Base class of all. `str(error)` is fit for a user: one line with cause and remedy."""

    exit_code = 1


class ConfigError(RagnanoError):
    """A setting is wrong; the message names it and its allowed values."""

    exit_code = 2


class ExtraMissing(RagnanoError):
    """A feature needs packages that are not installed; the message names the extra that brings them."""

    exit_code = 2


class QuestionError(RagnanoError):
    """The question is invalid and must be changed before it can be asked."""


class NotFoundError(RagnanoError):
    """Nothing has that name."""


class AmbiguousError(NotFoundError):
    """Several things have that name; the message lists them."""


class ReceiptError(RagnanoError):
    """The file is not a valid receipt, or a receipt cannot be written there."""


class ModelError(RagnanoError):
    """A model cannot be used."""


class ModelMissing(ModelError):
    """The model has not been downloaded; the message contains the command that downloads it."""


class DigestMismatch(ModelError):
    """Downloaded or stored bytes differ from the catalogue's SHA-256; nothing is kept."""


class FetchError(ModelError):
    """None of a model's sources could deliver it; the message reports what each source answered."""


class EngineError(ModelError):
    """The inference engine does not work on this machine, or stopped working."""


class StoreError(RagnanoError):
    """The data directory cannot be used."""


class StoreBusy(StoreError):
    """Another process holds the write lock."""


class StoreDamaged(StoreError):
    """The database is corrupt; the message says how to recover."""


class IndexMismatch(StoreError):
    """The index was made with another embedder or chunker; `ragnano docs rebuild` repairs it."""


class LoadError(RagnanoError):
    """A file cannot be read. Raised and reported per file; never stops the other files."""


class UnsupportedFile(LoadError):
    """There is no parser for this type of file."""


class UnknownKind(UnsupportedFile):
    """The file is not recognised as a document: data for programs, a sound, a drawing."""


class PasswordNeeded(LoadError):
    """The file is encrypted and no given password opens it."""


class DamagedFile(LoadError):
    """No parser could make sense of the bytes."""


class LimitExceeded(LoadError):
    """Reading took longer or more memory than the settings allow, or the file is larger."""

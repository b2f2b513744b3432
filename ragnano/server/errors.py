"""Maps errors to HTTP: a status and {"error": one line, cause and remedy}."""

from ragnano import errors

UNEXPECTED = "something went wrong in ragnano ({}); ask again"

STATUS: tuple[tuple[type[errors.RagnanoError], int], ...] = (
    (errors.AmbiguousError, 409),
    (errors.NotFoundError, 404),
    (errors.QuestionError, 422),
    (errors.StoreBusy, 503),
    (errors.ModelError, 503),
    (errors.IndexMismatch, 503),
)
"""The first matching class decides; any other error is 500. RFC 9110, 15.5 and 15.6."""


def status_of(error: errors.RagnanoError) -> int:
    """Returns the HTTP status of an error."""
    return next((status for kind, status in STATUS if isinstance(error, kind)), 500)

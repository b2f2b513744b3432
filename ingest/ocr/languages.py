"""Which languages can be read here. Looks at files only: Tesseract is not loaded for it."""

import sys
from pathlib import Path

from ragnano.errors import ConfigError

_ENDING = ".traineddata"
_NOT_A_LANGUAGE = "osd"  # orientation and script, what a page is turned by


def data_folder() -> Path:
    """Where the packages `tessdata-fast-…` put their files."""
    return Path(sys.prefix) / "share" / "tessdata"


def installed_languages() -> tuple[str, ...]:
    """Languages as Tesseract names them ("eng"), sorted; () where there is no data at all."""
    names = (file.name.removesuffix(_ENDING) for file in data_folder().glob(f"*{_ENDING}"))
    return tuple(sorted(name for name in names if name != _NOT_A_LANGUAGE))


def has_orientation() -> bool:
    """True when the data that tells how a page is turned is installed."""
    return (data_folder() / f"{_NOT_A_LANGUAGE}{_ENDING}").exists()


def require_languages(languages: str) -> None:
    """Raises ConfigError when one of `languages` ("eng+deu") is not installed."""
    here = installed_languages()
    missing = [name for name in languages.split("+") if name not in here]
    if missing:
        raise ConfigError(
            f"OCR cannot read {', '.join(missing)}: installed are {', '.join(here) or 'no languages'}; "
            f"`pip install tessdata-fast-{missing[0]}`, or put {missing[0]}{_ENDING} into {data_folder()}"
        )

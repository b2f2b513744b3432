"""Lists the OCR languages that are installed, from files alone, without loading Tesseract."""

import sys
from pathlib import Path

from ragnano.errors import ConfigError

_ENDING = ".traineddata"
_NOT_A_LANGUAGE = "osd"  # orientation and script data, used to detect a page's rotation


def data_folder() -> Path:
    """Return the folder into which the packages `tessdata-fast-…` install their files."""
    return Path(sys.prefix) / "share" / "tessdata"


def installed_languages() -> tuple[str, ...]:
    """Return the installed languages by Tesseract's names ("eng"), sorted; () if there is no language data."""
    names = (file.name.removesuffix(_ENDING) for file in data_folder().glob(f"*{_ENDING}"))
    return tuple(sorted(name for name in names if name != _NOT_A_LANGUAGE))


def has_orientation() -> bool:
    """Return whether the data for detecting a page's rotation is installed."""
    return (data_folder() / f"{_NOT_A_LANGUAGE}{_ENDING}").exists()


def require_languages(languages: str) -> None:
    """Raise ConfigError if one of `languages` ("eng+deu") is not installed."""
    installed = installed_languages()
    missing = [name for name in languages.split("+") if name not in installed]
    if missing:
        raise ConfigError(
            f"OCR cannot read {', '.join(missing)}: installed are {', '.join(installed) or 'no languages'}; "
            f"`pip install tessdata-fast-{missing[0]}`, or put {missing[0]}{_ENDING} into {data_folder()}"
        )

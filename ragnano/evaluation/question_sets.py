"""Detects which kind of question set a folder contains from its files, and reads it."""

from pathlib import Path

from ragnano.errors import ConfigError
from ragnano.evaluation import contract_nli, rgb
from ragnano.evaluation.cuad import read_cuad
from ragnano.evaluation.labelled_questions import QuestionSet
from ragnano.evaluation.labels import documents_folder, labels_of


def read_set(data: Path, *, named: bool = False) -> QuestionSet:
    """Reads the questions in `data`; with `named` each names its document and is asked of all (contracts only).

    Raises ConfigError when the folder is of no known kind, or its labels cannot be read.
    """
    with labels_of(data):
        if (data / "contracts.jsonl").is_file():
            return QuestionSet("contracts", tuple(read_cuad(data, named=named)), documents_folder(data))
        if (data / rgb.FILE).is_file():
            found = QuestionSet("passages among noise", *rgb.read_rgb(data))
        elif contract_nli.is_nli(data):
            found = QuestionSet("hypotheses", *contract_nli.read_nli(data))
        else:
            raise ConfigError(
                f"{data} holds no questions to answer: it needs contracts.jsonl with queries.json (CUAD's form), "
                f"{rgb.FILE} (RGB's) or {contract_nli.FILE} with documents (ContractNLI's)"
            )
    if named:
        raise ConfigError(f"the questions in {data} name no document: --mode all is for contracts, use --mode one")
    return found

"""Receipts: what an answer came from, down to the bytes, in a file that can be kept and replayed.

This package does not depend on the assistant; `ragnano.replay` asks a receipt's question again.
"""

from ragnano.receipts.builder import conditions_of, make_receipt
from ragnano.receipts.digest import DECISIVE, receipt
from ragnano.receipts.files import load_receipt, may_write, receipt_name, save_receipt
from ragnano.receipts.schema import Conditions, Receipt
from ragnano.receipts.trace import Exchange, Trace

__all__ = [
    "DECISIVE",
    "Conditions",
    "Exchange",
    "Receipt",
    "Trace",
    "conditions_of",
    "load_receipt",
    "make_receipt",
    "may_write",
    "receipt",
    "receipt_name",
    "save_receipt",
]

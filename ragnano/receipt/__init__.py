"""Receipts: what an answer came from, down to the bytes, in a file that can be kept and asked again.

Knows no assistant: that an answer can be given again is `ragnano.replay`.
"""

from ragnano.receipt.digest import DECISIVE, receipt
from ragnano.receipt.files import load_receipt, may_write, receipt_name, save_receipt
from ragnano.receipt.making import conditions_of, make_receipt
from ragnano.receipt.shape import Conditions, Receipt
from ragnano.receipt.trace import Exchange, Trace

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

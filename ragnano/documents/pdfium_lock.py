"""The lock for pdfium. A thread must hold `TURN` while it calls pdfium.

Two threads of a process must not call pdfium at once, not even for different documents: pypdfium2's documentation
forbids it, and sooner or later the process ends with a segmentation fault.
"""

import threading

TURN = threading.RLock()
"""Reentrant: a PDF within a message is read while the message is being read."""

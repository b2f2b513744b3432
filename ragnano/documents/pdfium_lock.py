"""The turn at pdfium. Whoever calls pdfium in a process holds `TURN` meanwhile.

pdfium may not be entered by two threads of a process at once, not even for different documents (pypdfium2's
documentation says so; two threads that do end the process with a segmentation fault, sooner or later).
"""

import threading

TURN = threading.RLock()
"""Taken again by the thread that has it: a PDF within a message is read while the message is."""

"""ragnano: private answers from your own documents, each proved by the words it rests on.

Importing this package is cheap (standard library only); heavy libraries are imported where they are used.
"""

__version__ = "0.1.0"
__all__ = ["__version__"]

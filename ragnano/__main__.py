"""`python -m ragnano` is the same as `ragnano`."""

from ragnano.cli import main

main()

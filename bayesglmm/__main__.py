"""``python -m bayesglmm``: the command line."""

from bayesglmm.cli import main

main()

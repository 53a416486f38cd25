"""``python -m w2v`` is the command ``w2v``."""

from w2v.cli import main

main()

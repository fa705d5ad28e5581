"""`python3 -m wire.impair` is the command `impair`."""

import sys

from wire.impair.command import main

if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

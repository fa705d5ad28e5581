"""scripts/new-lab: makes the folders of the next lab in the right shape, from lab 1.

The new lab runs at once, with lab 1's programs. What is still to be written is marked TODO, and
`scripts/test tests/repo -k labN` names all that is missing. Exit status: 0 made, 2 wrong usage.
"""

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path

from authoring.skeleton import WrongUsage, make_lab

ROOT = Path(__file__).resolve().parents[2]


def main(words: Sequence[str] | None = None, *, root: Path = ROOT) -> int:
    """Make the lab, say what is next, return the exit status."""
    options = parser().parse_args(words)
    try:
        lab, written = make_lab(root, title=options.title, title_zh=options.zh, port=options.port)
    except WrongUsage as problem:
        print(f"scripts/new-lab: {problem}", file=sys.stderr)
        return 2
    for path in written:
        print(f"+ {path}")
    print(f"\n{lab} runs with lab 1's programs:   docker compose up {lab}")
    print("labs/README.md tells how to make it yours. What is still missing, at any time:")
    print(f"  scripts/test tests/repo/test_lab_contract.py -k {lab}")
    return 0


def parser() -> argparse.ArgumentParser:
    """Return the command line's grammar."""
    grammar = argparse.ArgumentParser(
        prog="scripts/new-lab",
        description=__doc__,
        epilog='Example: scripts/new-lab "echo over UDP" --zh "UDP 回声" --port 7007',
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    grammar.add_argument("title", metavar="TITLE", help="what it is about, in a few words")
    grammar.add_argument("--zh", metavar="TITLE", required=True, help="the same in Chinese")
    grammar.add_argument("--port", type=int, required=True, help="the port its server listens on")
    return grammar


if __name__ == "__main__":
    sys.exit(main())

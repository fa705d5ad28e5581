"""Serve the board until told to stop: `python3 -m wire.board`.

Environment: LAB_LANG (zh… is Chinese, all else English), EVENTS (the folder that wires write to),
BOARD_PORT (8000, also said to the reader).
"""

import os
from pathlib import Path

from aiohttp import web

from wire.board.app import make_app
from wire.words import language_of, say

# Inside the container; compose.yaml says at which port of the machine it is reached.
PORT = 8000


def main() -> None:
    """Say where the board is, and serve it."""
    language = language_of(os.environ.get("LAB_LANG", ""))
    app = make_app(Path(os.environ.get("EVENTS", "/run/events")), language=language)
    port = os.environ.get("BOARD_PORT", str(PORT))
    print(say("board", language, address=f"http://127.0.0.1:{port}"), flush=True)
    # A page that is open has a stream that never ends by itself.
    web.run_app(app, port=PORT, print=None, access_log=None, shutdown_timeout=0.1)


if __name__ == "__main__":
    main()

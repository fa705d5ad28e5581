"""A host's files made as new by the agent itself: no program has to be started for it.

That takes less than 1 ms instead of 6, before each check. What is out of the ordinary, such as
folders too deep or closed by a program, or an archive that is not from submission.pack(), is left
to find(1) and tar(1).
"""

from __future__ import annotations

import os
from collections.abc import Sequence

BLOCK_BYTES = 512  # of a tar
DEEPEST = 16
FILE, FOLDER = b"0", b"5"

Entry = tuple[str, bytes | None]  # a path below the folder; None: it is a folder itself


def read_archive(archive: bytes) -> list[Entry] | None:
    """Read a tar of plain files and folders with short names; None for any other."""
    entries: list[Entry] = []
    at = 0
    while header := archive[at : at + BLOCK_BYTES].rstrip(b"\0"):
        kind, written = header[156:157], header[124:135]
        name = header[:100].rstrip(b"\0").decode(errors="surrogateescape").rstrip("/")
        parts = name.split("/")
        if kind not in (FILE, FOLDER) or not written.isdigit() or {"", ".", ".."} & set(parts):
            return None
        size_bytes = int(written, 8)
        begin = at + BLOCK_BYTES
        entries.append((name, archive[begin : begin + size_bytes] if kind == FILE else None))
        at = begin + -(-size_bytes // BLOCK_BYTES) * BLOCK_BYTES
    return entries


def renew(folders: Sequence[str], entries: Sequence[Entry]) -> bool:
    """Empty all folders, put the entries into the first; tell whether that could be done.

    To be called as the user whose files these are: it can remove nothing else.
    """
    try:
        for folder in folders:
            if os.stat(folder).st_uid == os.geteuid():  # noqa: PTH116 - pathlib is slow to import
                os.chmod(folder, 0o755)  # noqa: PTH101, S103
            _empty(folder, DEEPEST)
        for name, content in entries:
            path = f"{folders[0]}/{name}"
            if content is None:
                os.mkdir(path, 0o755)  # noqa: PTH102
            else:
                _write(path, content)
    except OSError:
        return False
    return True


def _empty(folder: str, depth: int) -> None:
    """Remove all that is in a folder. Raises OSError."""
    with os.scandir(folder) as found:
        for entry in found:
            if not entry.is_dir(follow_symlinks=False):
                os.unlink(entry.path)  # noqa: PTH108
            elif depth:
                _empty(entry.path, depth - 1)
                os.rmdir(entry.path)  # noqa: PTH106
            else:
                raise OSError(f"{folder} is too deep")


def _write(path: str, content: bytes) -> None:
    descriptor = os.open(path, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o644)
    rest = memoryview(content)
    while rest:
        rest = rest[os.write(descriptor, rest) :]
    os.close(descriptor)

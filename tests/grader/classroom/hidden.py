"""Hidden checks on their way to a worker: their folder as one archive, the same for the same files.

They lie where the class is graded; workers share no files with it.
"""

from __future__ import annotations

import io
import tarfile
from pathlib import Path

from grader.errors import UsageError
from grader.language import Text
from grader.submission import pack

MOST_MIB = 16  # it travels with each submission


def pack_hidden(folder: Path) -> bytes:
    """Pack all files of a folder of checks. Raises UsageError if it is too large to travel."""
    files = {
        path.relative_to(folder).as_posix(): path
        for path in folder.rglob("*")
        if path.is_file() and "__pycache__" not in path.parts
    }
    if sum(path.stat().st_size for path in files.values()) > MOST_MIB << 20:
        raise UsageError(TOO_LARGE.fill(path=str(folder), most=MOST_MIB))
    return pack({name: path.read_bytes() for name, path in files.items()})


def unpack_hidden(archive: bytes, folder: Path) -> None:
    """Put them into a folder, and nothing outside of it."""
    folder.mkdir()
    with tarfile.open(fileobj=io.BytesIO(archive), mode="r:") as packed:
        for member in packed:  # Python 3.11.3 has no filters for extractall()
            path = (folder / member.name).resolve()
            content = packed.extractfile(member) if member.isreg() else None
            if content and path.is_relative_to(folder.resolve()):
                path.parent.mkdir(parents=True, exist_ok=True)
                path.write_bytes(content.read())


TOO_LARGE = Text(
    "{path} is larger than {most} MiB. Name the folder that holds the checks alone",
    "{path} 超过 {most} MiB。请指定只存放检查的目录",
)

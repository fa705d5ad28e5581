"""A bulk download that is still one zip: laid out in a folder, bounded, nothing outside of it."""

from __future__ import annotations

import errno
import shutil
import stat
import zipfile
from datetime import datetime
from os import utime
from pathlib import Path

from grader.archives import DAMAGE, DAMAGED, zip_name
from grader.errors import UsageError
from grader.intake import is_ignored, name_problem, parts
from grader.language import Text
from grader.submission import PACKED_LIMIT_BYTES

ENTRIES_LIMIT = 100_000
TOTAL_LIMIT_BYTES = 8 << 30
BLOCK_BYTES = 1 << 20


def unpack_download(path: Path, folder: Path) -> None:
    """Write a zip's regular files below `folder`, which is new. Raises UsageError.

    What has a name that leads elsewhere, and links, are left out, as of any submission. The limits
    are those of a whole class; each submission's own come when it is read. A full disk is OSError.
    """
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    left_bytes = TOTAL_LIMIT_BYTES
    try:
        with zipfile.ZipFile(path) as archive:
            entries = archive.infolist()
            if len(entries) > ENTRIES_LIMIT:
                raise UsageError(TOO_LARGE.fill(path=str(path)))
            for entry in entries:
                name = zip_name(entry)
                kind = stat.S_IFMT(entry.external_attr >> 16)
                is_plain = kind in (0, stat.S_IFREG) and not name.endswith("/")
                if not is_plain or is_ignored(name) or name_problem(name):
                    continue
                left_bytes -= _write(archive, entry, folder.joinpath(*parts(name)))
                if left_bytes < 0:
                    raise UsageError(TOO_LARGE.fill(path=str(path)))
    except (*DAMAGE, NotImplementedError, RuntimeError) as problem:
        if getattr(problem, "errno", None) == errno.ENOSPC:
            raise
        raise UsageError(DAMAGED.fill(path=str(path), problem=str(problem))) from None


def _write(archive: zipfile.ZipFile, entry: zipfile.ZipInfo, target: Path) -> int:
    """Write one file, up to what a packed submission may have; gives how much that was."""
    size_bytes = 0
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        with archive.open(entry) as packed, target.open("xb") as file:
            while block := packed.read(BLOCK_BYTES):
                size_bytes += len(block)
                file.write(block)
                if size_bytes > PACKED_LIMIT_BYTES:  # too large to be read, which is said then
                    break
        when_s = datetime(*entry.date_time).timestamp()
        utime(target, (when_s, when_s))
    except (FileExistsError, NotADirectoryError, ValueError):
        pass  # a name that came twice; a time that is none
    return size_bytes


TOO_LARGE = Text(
    "{path} is larger than a class's submissions can be. Unpack it and name the folder",
    "{path} 超过了一个班级提交内容的上限。请解压后指定目录",
)

"""Submissions made for tests: as a folder, a zip, a tar; and what was read of them."""

import io
import tarfile
import zipfile
from collections.abc import Mapping
from pathlib import Path

from grader.submission import Submission, read_submission

WANTED = ("client.py", "server.py")
BOTH = {"server.py": b"print('server')\r\n", "client.py": b"\xef\xbb\xbfprint('client')\n"}


def contents(submission: Submission) -> dict[str, bytes]:
    with tarfile.open(fileobj=io.BytesIO(submission.archive)) as archive:
        files = [member for member in archive if member.isreg()]
        return {file.name: (archive.extractfile(file) or io.BytesIO()).read() for file in files}


def notes(submission: Submission) -> str:
    return "\n".join(note.en for note in submission.notes)


def write_folder(top: Path, files: Mapping[str, bytes] = BOTH) -> Path:
    for name, content in files.items():
        path = top / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)
    return top


def write_zip(path: Path, files: Mapping[str, bytes] = BOTH) -> Path:
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in files.items():
            archive.writestr(name, content)
    return path


def write_tar(path: Path, files: Mapping[str, bytes] = BOTH, mode: str = "w:gz") -> Path:
    with tarfile.open(path, mode) as archive:  # type: ignore[call-overload]
        for name, content in files.items():
            entry = tarfile.TarInfo(name)
            entry.size = len(content)
            archive.addfile(entry, io.BytesIO(content))
    return path


def read(path: Path, *wanted: str) -> Submission:
    return read_submission(path, wanted=wanted or WANTED)

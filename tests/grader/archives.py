"""Reads a submission that is a zip or tar archive, in memory: nothing is unpacked on a disk."""

from __future__ import annotations

import bz2
import gzip
import io
import lzma
import stat
import struct
import tarfile
import zipfile
import zlib
from collections.abc import Callable
from contextlib import suppress
from typing import BinaryIO

from grader.errors import UsageError
from grader.folder import LINK, NOT_REGULAR
from grader.intake import TOTAL_LIMIT_BYTES, Intake
from grader.language import Text

# What headers, padding and things beside the programs may take on top of what is taken in.
UNPACKED_LIMIT_BYTES = 4 * TOTAL_LIMIT_BYTES

DAMAGE = (
    zipfile.BadZipFile,
    tarfile.TarError,
    zlib.error,
    lzma.LZMAError,
    EOFError,
    MemoryError,  # such as an xz that asks for a dictionary of 4 GiB
    OSError,  # gzip and bz2 say so
    struct.error,
    ValueError,
    OverflowError,
)

Reader = Callable[[str, BinaryIO, Intake], None]
ENCRYPTED_FLAG = 0x1  # of a zip's entry: PKWARE's APPNOTE, 4.4.4
UTF8_FLAG = 0x800


def find_reader(path_name: str, head: bytes) -> Reader | None:
    """Tell from a file's first 512 bytes how to read it as an archive; None for no archive.

    Raises UsageError for archives of other kinds, and for what only has an archive's name.
    """
    if head.startswith((b"Rar!\x1a\x07", b"7z\xbc\xaf\x27\x1c")):
        raise UsageError(OTHER_KIND.fill(path=path_name))
    if head.startswith((b"PK\x03\x04", b"PK\x05\x06")):
        return read_zip
    if head.startswith((b"\x1f\x8b", b"BZh", b"\xfd7zXZ\x00")) or head[257:262] == b"ustar":
        return read_tar
    if path_name.lower().endswith((".zip", ".tar", ".gz", ".tgz", ".bz2", ".xz", ".rar", ".7z")):
        raise UsageError(DAMAGED.fill(path=path_name, problem=NO_ARCHIVE))
    return None


def read_zip(path_name: str, file: BinaryIO, intake: Intake) -> None:
    """Take in a zip's files. Raises UsageError if it is damaged or has a password."""
    try:
        with zipfile.ZipFile(file) as archive:
            for entry in sorted(archive.infolist(), key=lambda entry: entry.filename.count("/")):
                name = zip_name(entry)
                kind = stat.S_IFMT(entry.external_attr >> 16)
                if name.endswith("/"):
                    continue
                if kind == stat.S_IFLNK:
                    intake.leave_out(name, LINK)
                elif kind not in (0, stat.S_IFREG):
                    intake.leave_out(name, NOT_REGULAR)
                elif entry.flag_bits & ENCRYPTED_FLAG:
                    raise UsageError(ENCRYPTED.fill(path=path_name))
                else:
                    with archive.open(entry) as content:
                        intake.add(name, content.read)
    except (*DAMAGE, NotImplementedError, RuntimeError) as problem:
        raise UsageError(DAMAGED.fill(path=path_name, problem=str(problem))) from None


def zip_name(entry: zipfile.ZipInfo) -> str:
    """Read an entry's name as it was meant; Chinese Windows writes GBK and says nothing of it."""
    name = entry.orig_filename
    if not entry.flag_bits & UTF8_FLAG:
        written = name.encode("cp437")
        for encoding in ("utf-8", "gb18030"):
            with suppress(UnicodeDecodeError):
                name = written.decode(encoding)
                break
    return name.replace("\\", "/")


def read_tar(path_name: str, file: BinaryIO, intake: Intake) -> None:
    """Take in the files of a tar, plain or packed. Raises UsageError if it is damaged."""
    try:
        unpacked = _unpacked(file).read(UNPACKED_LIMIT_BYTES + 1)
        if len(unpacked) > UNPACKED_LIMIT_BYTES:
            raise UsageError(BOMB.fill(path=path_name, limit=UNPACKED_LIMIT_BYTES >> 20))
        with tarfile.open(fileobj=io.BytesIO(unpacked), mode="r:") as archive:
            for member in archive:
                _take_member(archive, member, intake)
    except DAMAGE as problem:
        raise UsageError(DAMAGED.fill(path=path_name, problem=str(problem))) from None


def _take_member(archive: tarfile.TarFile, member: tarfile.TarInfo, intake: Intake) -> None:
    if member.isdir():
        return
    if member.issym() or member.islnk():
        intake.leave_out(member.name, LINK)
    elif not member.isreg() or member.issparse():
        intake.leave_out(member.name, NOT_REGULAR)
    elif content := archive.extractfile(member):
        with content:
            intake.add(member.name, content.read)


def _unpacked(file: BinaryIO) -> io.BufferedIOBase | BinaryIO:
    head = file.read(6)
    file.seek(0)
    if head.startswith(b"\x1f\x8b"):
        return gzip.GzipFile(fileobj=file)
    if head.startswith(b"BZh"):
        return bz2.BZ2File(file)
    if head.startswith(b"\xfd7zXZ"):
        return lzma.LZMAFile(file)
    return file


NO_ARCHIVE = Text("it is no archive", "不是压缩包")
DAMAGED = Text(
    "{path} cannot be read as an archive: {problem}. Pack it again",
    "无法读取压缩包 {path}：{problem}。请重新打包",
)
ENCRYPTED = Text(
    "{path} has a password. Pack it again without one", "{path} 设有密码。请去掉密码后重新打包"
)
OTHER_KIND = Text(
    "{path} is a RAR or 7z archive. Pack it as zip", "{path} 是 RAR 或 7z 压缩包。请改用 zip 打包"
)
BOMB = Text("{path} unpacks to more than {limit} MiB", "{path} 解压后超过 {limit} MiB")

"""What a program wrote, made safe to show: on one line, nothing that steers a terminal.

Readable characters stay as they are, Chinese ones too. Everything else becomes a backslash escape
as in a Python literal: control characters, bidirectional controls, combining marks, unassigned.
"""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass

from rich.cells import cell_len

SHOWN_BYTES = 64
SHOWN_CELLS = 60  # with the label before it a row fits into 80 columns
_SHORT = {"\n": r"\n", "\r": r"\r", "\t": r"\t"}


def escape_text(text: str, *, keep: str = "") -> str:
    """Escape each character that is not plainly readable, except those in `keep`."""
    if text.isascii() and text.isprintable():
        return text
    return "".join(
        char if char in keep or _is_readable(char) else _escape_character(char) for char in text
    )


def escape_bytes(data: bytes) -> str:
    """Escape bytes; whole, readable UTF-8 characters are shown as what they are."""
    return "".join(shown for shown, _ in _pieces(data))


@dataclass(frozen=True)
class Rows:
    """Two byte strings around their first difference, in quotes, and where the caret belongs.

    `start` is the offset of the first byte shown; `caret_cells` counts terminal cells before the
    caret (a Chinese character takes two).
    """

    saw: str
    wanted: str
    offset: int
    start: int
    caret_cells: int


def first_difference(saw: bytes, wanted: bytes) -> int | None:
    """Offset of the first byte that differs or is missing on one side; None when equal."""
    if saw == wanted:
        return None
    shorter = min(len(saw), len(wanted))
    low, high = 0, shorter  # the first `low` bytes are equal; halving beats a Python loop
    while low < high:
        middle = (low + high + 1) // 2
        if saw[low:middle] == wanted[low:middle]:
            low = middle
        else:
            high = middle - 1
    return low


def difference_rows(saw: bytes, wanted: bytes, offset: int) -> Rows:
    """Make the rows for a difference at `offset`, at most 64 bytes and 60 cells each."""
    start = max(0, offset - SHOWN_BYTES // 2)
    while start < offset and wanted[start] & 0xC0 == 0x80:  # do not begin inside a character
        start += 1
    lead = "…" * (start > 0)
    before = _pieces(wanted[start:offset])
    while before and cell_len("".join(shown for shown, _ in before)) > SHOWN_CELLS // 2:
        start += before.pop(0)[1]
        lead = "…"
    equal = lead + "".join(shown for shown, _ in before)
    room = SHOWN_CELLS - cell_len(equal)
    size = SHOWN_BYTES - (offset - start)
    return Rows(
        saw=f'"{equal}{_tail(saw[offset:], size, room)}',
        wanted=f'"{equal}{_tail(wanted[offset:], size, room)}',
        offset=offset,
        start=start,
        caret_cells=1 + cell_len(equal),
    )


def _tail(data: bytes, size: int, room: int) -> str:
    """Show what stands from the difference on, closing quote or mark of the cut included."""
    shown, used = "", 0
    for piece, length in _pieces(data[: size + 3]):
        if used + length > size or cell_len(shown + piece) > room:
            return shown + "…"
        shown, used = shown + piece, used + length
    return shown + ("…" if used < len(data) else '"')


def _pieces(data: bytes) -> list[tuple[str, int]]:
    """Cut bytes into shown characters, each with the number of bytes it stands for."""
    pieces: list[tuple[str, int]] = []
    for char in data.decode("utf-8", "surrogateescape"):
        if "\udc80" <= char <= "\udcff":
            pieces.append((f"\\x{ord(char) - 0xDC00:02x}", 1))
        else:
            raw = char.encode("utf-8")
            if char == "\\":
                pieces.append((r"\\", 1))
            elif _is_readable(char):
                pieces.append((char, len(raw)))
            elif char in _SHORT:
                pieces.append((_SHORT[char], 1))
            else:
                pieces.extend((f"\\x{byte:02x}", 1) for byte in raw)
    return pieces


def _is_readable(char: str) -> bool:
    return char.isprintable() and unicodedata.category(char)[0] != "M"


def _escape_character(char: str) -> str:
    if char in _SHORT:
        return _SHORT[char]
    code = ord(char)
    if code < 0x100:
        return f"\\x{code:02x}"
    return f"\\u{code:04x}" if code < 0x10000 else f"\\U{code:08x}"

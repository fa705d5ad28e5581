"""What a terminal shows after what was written to it. Pure, and without an end at the bottom.

Enough of ECMA-48 for programs that write lines and draw over the last of them (spinners, bars):
carriage return, line feed, backspace, cursor up and down, erase in line. The rest is left out.
"""

import re

_TOKEN = re.compile(
    r"\x1b\[(?P<number>\d*)[0-9;?]*[ -/]*(?P<final>[@-~])"
    r"|\x1b\][^\x07\x1b]*(?:\x07|\x1b\\)|\x1b[()][0-9A-B]|\x1b[=>78M]|(?P<text>[^\x1b])"
)


def shown(written: str) -> str:
    """The lines of the screen, joined by line feeds."""
    lines: list[list[str]] = [[]]
    row = column = 0
    for token in _TOKEN.finditer(written):
        text, final = token["text"], token["final"]
        number = int(token["number"] or 1) if final else 0
        if text == "\r":
            column = 0
        elif text == "\b":
            column = max(0, column - 1)
        elif text == "\n" or final == "B":
            row += number or 1
            lines += [[] for _ in range(row + 1 - len(lines))]
        elif final == "A":
            row = max(0, row - number)
        elif final == "K":
            del lines[row][0 if token["number"] in {"1", "2"} else column :]
        elif text and text >= " ":
            line = lines[row]
            line += [" "] * (column - len(line))
            line[column : column + 1] = [text]
            column += 1
    return "\n".join("".join(line) for line in lines)

"""What differs from run to run in a report, made the same. Pure.

That is times and dates, the sandbox's network, how much a full buffer held, ports and processes
that a kernel chose, and whether a program that crashed ended with FIN or RST.
"""

import re

VARYING = (
    (r"\d+\.\d{3} s", "0.000 s"),
    (r"\b10(\.\d{1,3}){3}\b", "10.0.0.1"),
    (r"\bfd10:[\da-f:]*[\da-f]", "fd10::1"),
    (r"\bport (32[7-9]|3[3-9]\d|[45]\d\d|60\d)\d\d\b", "port 40000"),
    (r"\d+\.\d{3} ms", "0.000 ms"),
    (r"\d+\.\d{3}/\d+\.\d{3}/(?=0.000 ms)", "0.000/0.000/"),
    (r"\babout \d+ ms", "about 0 ms"),
    (r"\bprocess \d+ of user \d+", "process 1 of user 61000"),
    (r"(?<=-client-)\d+", "1"),
    (r'receives \d+ bytes  "you are [^✘]*?(?=\n +(\d\.\d{3} s|✘))', 'receives "you are …'),
    (r"\d{1,3}(,\d{3})+", "N,NNN"),
    (r"(lines received over \d+ connections): \d+", r"\1: N"),
    (r"receives (a reset \(RST\)|the end of the stream \(FIN\))", "receives the end"),
    (r"\b[A-Z][a-z]{2}\s+\d{1,2}\s+\d\d:\d\d:\d\d\s+\d{4}\b", "Jan  1 00:00:00 1970"),
    # A row of bytes may be shown from within the day of the week on.
    (r"(?<=…)[a-z]{1,2}(?= Jan  1 00:00:00 1970)", "hu"),
    (r"\b[A-Z][a-z]{2}\s+(?=Jan  1 00:00:00 1970)", "Thu "),
    (r"… \d+ more steps", "… N more steps"),
    # A program that has raised may still be on its way out.
    (r"^ {10}\S+\.py ended with status 1\n(?= {10}\S+\.py line)", ""),
    (r" +$", ""),
)


def without_varying(text: str) -> str:
    """Give the text as every run has it."""
    for pattern, same in VARYING:
        text = re.sub(pattern, same, text, flags=re.MULTILINE)
    return text

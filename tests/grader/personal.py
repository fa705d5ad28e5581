"""Values of each student's own: a port, a token and a payload, from a name and a secret. Pure.

Whoever knows the secret can give everyone's values again, at any time and on any machine; who does
not know it cannot tell another student's from his own.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import re
import unicodedata
from dataclasses import dataclass

from grader.errors import UsageError
from grader.language import Text

# Neither the checks' own ports, see ports.py, nor those that a kernel chooses, from 32768 on.
FIRST_PORT, LAST_PORT = 21_000, 31_999
TOKEN = re.compile(r"[a-z2-7]{8}")
PAYLOAD_SIZE = 4
# Common, and no two of them alike: 32, so that five bits choose one.
CHARACTERS = "山水日月云雨风雪花草木石江河湖海春夏秋冬东南西北金银红黄蓝白黑绿"


@dataclass(frozen=True)
class Values:
    """One student's. `token` tells students apart; two of them may have the same port."""

    port: int
    token: str
    payload: str

    def __str__(self) -> str:
        return f"{self.port} {self.token} {self.payload}"

    @property
    def key(self) -> str:
        """Give 12 hex digits that other values do not have."""
        return hashlib.sha256(str(self).encode()).hexdigest()[:12]


def values_of(name: str, secret: str) -> Values:
    """Give a student's or a group's values; other case, width and spaces make no difference."""
    plain = "".join(unicodedata.normalize("NFKC", name).casefold().split())
    written = plain.encode(errors="surrogatepass")
    drawn = hmac.new(secret.encode(errors="surrogateescape"), written, hashlib.sha256).digest()
    return Values(
        port=FIRST_PORT + int.from_bytes(drawn[:4], "big") % (LAST_PORT - FIRST_PORT + 1),
        token=base64.b32encode(drawn[4:9]).decode().lower(),
        payload="".join(CHARACTERS[byte % 32] for byte in drawn[9 : 9 + PAYLOAD_SIZE]),
    )


def read_values(words: str) -> Values:
    """Read what str() of values has written. Raises UsageError."""
    found = re.fullmatch(rf"\s*(\d{{1,5}})\s+({TOKEN.pattern})\s+(\S.*?)\s*", words)
    if not found:
        raise UsageError(NO_VALUES.fill(words=words))
    return Values(int(found[1]), found[2], found[3])


NO_VALUES = Text(
    'These are no values: {words}. They are a port, a token and a payload, as in --values "21000'
    ' abcd2345 山水日月"',
    '这不是专属参数：{words}。应依次是端口、令牌和文本，例如 --values "21000 abcd2345 山水日月"',
)

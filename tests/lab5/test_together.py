"""Lab 5, both programs: what is on the server's host arrives on the client's."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from grader import expect
from grader.language import Text
from lab5.programs import FILES, digest, expect_stored, expect_success, put, serve, start_client

if TYPE_CHECKING:
    from grader.host import Host
    from grader.seed import Draws

SIZES = (0, 1, 1023, 1024, 1025, 64 * 1024 + 1)
LONGEST_NAME = "文" * 84 + ".md"  # 255 bytes in UTF-8, the most that Linux takes: NAME_MAX
LARGE_MIB = 100
LARGE_TIMEOUT_S = 15.0  # it takes half a second, or two in pieces of 1024
# Writes so many MiB of a random one, each with its number: a lost or swapped one shows.
MAKE_LARGE = """
import random, sys
block = random.Random(int(sys.argv[2])).randbytes(1 << 20)
with open(sys.argv[1], "wb") as file:
    for number in range(int(sys.argv[3])):
        file.write(number.to_bytes(8, "big") + block[8:])
"""


@pytest.mark.points(1)
@pytest.mark.requires("server-listens")
@pytest.mark.limit(30)
def test_programs_copy_any_size(server: Host, client: Host, port: int, seed: Draws) -> None:
    """Files of 0, 1, 1023, 1024, 1025 bytes and of 64 KiB + 1 arrive whole, whatever is in them.
    0、1、1023、1024、1025 字节和 64 KiB + 1 的文件都能完整传到，不管内容是什么。
    """
    files = {f"{size}.bin": bytes(seed.number(0, 255) for _ in range(size)) for size in SIZES}
    for name, data in files.items():
        put(server, f"{FILES}/{name}", data)
    serve(server, port)
    for name, data in files.items():
        expect_success(start_client(client, "server", port, name), hint=BINARY)
        expect_stored(client, f"{FILES}/{name}", data, hint=BINARY)


@pytest.mark.points(1)
@pytest.mark.requires("server-listens")
@pytest.mark.limit(30)
def test_programs_copy_any_name(server: Host, client: Host, port: int) -> None:
    """Names with spaces, in Chinese, and of 255 bytes arrive.
    文件名带空格、是中文、长达 255 字节，都能传到。
    """
    names = ("two  words.txt", "你好，世界.txt", LONGEST_NAME)
    for name in names:
        put(server, f"{FILES}/{name}", name.encode())
    serve(server, port)
    hint = Text(
        "NAME is all that follows the first space, as UTF-8; a name may be 255 bytes long, so"
        " nothing can be hung on it, as in NAME.part",
        "NAME 是第一个空格之后的全部内容，UTF-8 编码；文件名最长 255 字节，"
        "所以后面不能再加东西，例如 NAME.part",
    )
    for name in names:
        expect_success(start_client(client, "server", port, name), hint=hint)
        expect_stored(client, f"{FILES}/{name}", name.encode(), hint=hint)


@pytest.mark.points(1)
@pytest.mark.requires("programs-copy-any-size")
@pytest.mark.limit(30)
def test_programs_copy_100_mib(server: Host, client: Host, port: int, seed: Draws) -> None:
    """A file of 100 MiB arrives with the same SHA-256.
    100 MiB 的文件传到之后，SHA-256 不变。
    """
    path = f"{FILES}/large.bin"
    number = str(seed.number(0, 1 << 30))
    server.run(
        *("python3", "-c", MAKE_LARGE, path, number, str(LARGE_MIB)), timeout_s=LARGE_TIMEOUT_S
    )
    wanted = str(server.file(path).sha256sum)  # before a program of the student's can change it
    serve(server, port)
    program = start_client(client, "server", port, "large.bin")
    expect.ended(program, status=0, timeout_s=LARGE_TIMEOUT_S)
    saw = digest(client, path)
    expect.that(
        saw == wanted,
        saw=Text("{sum} is the SHA-256 of client's file", "client 上文件的 SHA-256 是 {sum}").fill(
            sum=saw or NONE
        ),
        wanted=Text("{sum}, that of server's", "{sum}，与服务器上的文件一样").fill(sum=wanted),
        hint=BINARY,
        look=Text(
            "type ls -l /srv/files and sha256sum on both hosts",
            "在两台主机上运行 ls -l /srv/files 和 sha256sum",
        ),
    )


NONE = Text("nothing", "（没有文件）")
BINARY = Text(
    "open() with 'rb' and 'wb': a file is bytes, not text; and send() may take only a part",
    "用 'rb' 和 'wb' 打开：文件是字节，不是文本；另外 send() 可能只发出一部分",
)

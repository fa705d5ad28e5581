"""Hints about a program's file and about exceptions of Python: see hints.py."""

from __future__ import annotations

from grader.language import Text
from grader.questions import Hint, missing_file, raised, shadowed_module, source_of

OF_PROGRAMS: tuple[Hint, ...] = (
    Hint(
        "file-missing",
        missing_file,
        Text(
            "{found} is not in what was handed in; look at its name, in small letters too",
            "提交的内容里没有 {found}；检查文件名，注意大小写",
        ),
    ),
    Hint(
        "shadows-library",
        shadowed_module,
        Text(
            "your file {found} stands before Python's own module of that name; rename it",
            "你的文件 {found} 与 Python 标准库的模块同名，import 到的是它；请改名",
        ),
    ),
    Hint(
        "utf-16-source",
        lambda seen: source_of(seen).startswith((b"\xff\xfe", b"\xfe\xff")),
        Text(
            '{program} was saved as UTF-16 ("Unicode" in Notepad); save it as UTF-8',
            "{program} 存成了 UTF-16（记事本里的“Unicode”）；请另存为 UTF-8",
        ),
    ),
    Hint(
        "not-utf-8-source",
        raised("SyntaxError", saying="Non-UTF-8 code|codec can't decode|null bytes"),
        Text(
            "the file is not UTF-8 (Chinese in GBK?); save it as UTF-8",
            "源文件不是 UTF-8 编码（中文用了 GBK？）；请另存为 UTF-8",
        ),
    ),
    Hint(
        "byte-order-mark",
        raised("SyntaxError", saying=r"U\+FEFF"),
        Text(
            "{program} holds a byte order mark; save it as UTF-8 without BOM",
            "{program} 里有字节顺序标记（BOM）；请存为不带 BOM 的 UTF-8",
        ),
    ),
    Hint(
        "chinese-punctuation",
        raised("SyntaxError", saying=r"invalid character '(.)'"),
        Text(
            "{found} is a full-width character; code needs the ASCII one",
            "{found} 是全角字符；代码里要用英文半角标点",
        ),
    ),
    Hint(
        "syntax",
        raised("SyntaxError", "IndentationError", "TabError"),
        Text(
            "Python could not read this line, so nothing of the file ran",
            "Python 读不懂这一行，所以整个文件都没有运行",
        ),
    ),
    Hint(
        "end-of-input",
        raised("EOFError"),
        Text(
            "input() met the end of standard input: nobody types here; take values from sys.argv",
            "input() 读到了标准输入的末尾：这里没有人打字；请从 sys.argv 取值",
        ),
    ),
    Hint(
        "no-such-module",
        raised("ModuleNotFoundError", saying=r"No module named '([^']{1,80})'"),
        Text(
            "{found} is not in the standard library and is not installed in the lab",
            "{found} 不属于标准库，实验环境里没有安装",
        ),
    ),
    Hint(
        "address-of-another-family",
        raised("gaierror", saying="Address family for hostname not supported"),
        Text(
            "an IPv6 address needs an AF_INET6 socket, and gethostbyname() knows IPv4 alone;"
            " getaddrinfo() tells the family of an address",
            "IPv6 地址要用 AF_INET6 的套接字，gethostbyname() 也只懂 IPv4；"
            "getaddrinfo() 会说明一个地址属于哪个地址族",
        ),
    ),
    Hint(
        "name-unknown",
        raised("gaierror"),
        Text(
            "this host name is not known here; use the HOST that was given",
            "这里解析不了这个主机名；用命令行给的 HOST",
        ),
    ),
    Hint(
        "timed-out",
        raised("TimeoutError", "timeout", saying="^timed out"),
        Text(
            "settimeout() ended a call that waited; the time is for each call, not for all",
            "settimeout() 的时限到了，等待的调用被中断；时限是对每次调用算的，不是总时间",
        ),
    ),
    Hint(
        "split-character",
        raised("UnicodeDecodeError"),
        Text(
            "these bytes are no whole UTF-8 text: recv() may cut inside a character;"
            " collect the bytes first, then decode()",
            "这些字节不是完整的 UTF-8 文本：recv() 可能正好切在一个字符中间；"
            "先把字节收齐，再 decode()",
        ),
    ),
    Hint(
        "text-not-bytes",
        raised("TypeError", saying="bytes-like object is required, not 'str'"),
        Text(
            "a socket carries bytes: encode() the str before sending",
            "套接字传的是字节：发送前先把 str 用 encode() 变成 bytes",
        ),
    ),
    Hint(
        "bytes-mixed",
        raised("TypeError", saying=r"str.*bytes|bytes.*str|int.*bytes"),
        Text(
            "str and bytes do not mix: recv() gives bytes, decode() makes a str of them",
            "str 和 bytes 不能混用：recv() 得到的是 bytes，decode() 之后才是 str",
        ),
    ),
    Hint(
        "port-not-number",
        raised("TypeError", saying="integer is required|an integer"),
        Text(
            "sys.argv holds str; a port has to be a number: int(sys.argv[2])",
            "sys.argv 里都是 str；端口要是整数：int(sys.argv[2])",
        ),
    ),
    Hint(
        "no-argument",
        raised("IndexError"),
        Text(
            "an index past the end, of sys.argv perhaps; compare with the command in the steps",
            "下标越界，也许是 sys.argv；对照步骤里的启动命令",
        ),
    ),
)

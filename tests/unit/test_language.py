import pytest

from grader.language import Text, read_language, same


def test_values_from_a_program_cannot_steer_the_terminal_or_forge_a_line() -> None:
    told = Text("file {name}", "文件 {name}").fill(name="a\x1b[2J\nwanted  nothing")
    assert told.en == r"file a\x1b[2J\nwanted  nothing"
    assert told.zh == r"文件 a\x1b[2J\nwanted  nothing"


def test_bytes_are_quoted_and_the_cut_is_said_in_both_languages() -> None:
    told = Text("got {data}", "收到 {data}").fill(data=b"x" * 70_000)
    assert told.en == f'got "{"x" * 64}" (the first 64 of 70,000 bytes)'
    assert told.zh == f'收到 "{"x" * 64}"（共 70,000 字节，只显示前 64 个）'


def test_short_bytes_are_whole() -> None:
    assert Text("{data}", "{data}").fill(data="你好\n".encode()).en == r'"你好\n"'


def test_a_text_is_put_in_by_language() -> None:
    inner = Text("server", "服务器")
    assert Text("the {who}", "这台{who}").fill(who=inner) == Text("the server", "这台服务器")


def test_braces_in_values_stay() -> None:
    assert Text("{a}", "{a}").fill(a="{b}").en == "{b}"


def test_what_is_missing_is_an_error() -> None:
    with pytest.raises(KeyError):
        Text("{a} {b}", "{a} {b}").fill(a=1)


def test_same_in_both() -> None:
    assert same("ss -tln").zh == "ss -tln"


@pytest.mark.parametrize(
    ("environment", "language"),
    [
        ({}, "en"),
        ({"LANG": "C.UTF-8"}, "en"),
        ({"LANG": "zh_CN.UTF-8"}, "zh"),
        ({"LANG": "zh_CN.UTF-8", "LC_ALL": "en_US.UTF-8"}, "en"),
        ({"LANG": "en_US.UTF-8", "LC_MESSAGES": "zh_TW"}, "zh"),
        ({"LANG": "en_US.UTF-8", "LAB_LANG": "ZH"}, "zh"),
        ({"LANG": "zh_CN.UTF-8", "LC_ALL": ""}, "zh"),
        ({"LAB_LANG": "en", "LC_ALL": "zh_CN.UTF-8"}, "en"),
    ],
)
def test_reads_the_language_of_the_locale(environment: dict[str, str], language: str) -> None:
    assert read_language(environment) == language

from machine import text
from machine.errors import SetupError


def test_a_report_says_what_failed_what_the_tool_said_and_what_to_type() -> None:
    problem = SetupError(
        text.APT_FAILED, commands=["do this"], quote="a\nb", log="setup.log", packages="p"
    )
    assert problem.report("en").splitlines() == [
        "apt-get could not install p. Is there a network, does the mirror answer?",
        "The last lines of setup.log:",
        "    a",
        "    b",
        "Type next:",
        "    do this",
    ]


def test_a_report_in_chinese() -> None:
    problem = SetupError(text.NO_ENGINE, commands=["do this"])
    assert problem.report("zh").splitlines() == [
        "尚未安装 Docker 引擎。",
        "请输入：",
        "    do this",
    ]

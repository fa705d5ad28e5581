import pytest

from acceptance.screen import shown


@pytest.mark.parametrize(
    ("written", "seen"),
    [
        ("", ""),
        ("one\r\ntwo\r\n", "one\ntwo\n"),
        ("\x1b[1;32mgreen\x1b[0m", "green"),
        ("\x1b[?25lhidden\x1b[?25h", "hidden"),
        ("\x1b]0;title\x07text", "text"),
        ("⠋ busy\r\x1b[2K⠙ busy\r\x1b[2Kdone\r\n", "done\n"),
        ("above\r\n⠋ busy\r\n\x1b[1A\x1b[2Kbelow\r\n", "above\nbelow\n"),
        ("long line\rshort\x1b[K", "short"),
        ("abc\b\bX", "aXc"),
        ("a\x1b[2Bb", "a\n\n b"),
        ("cut off\x1b[3", "cut off[3"),
        ("你好\r\n", "你好\n"),
    ],
)
def test_the_screen_shows(written: str, seen: str) -> None:
    assert shown(written).rstrip(" ") == seen

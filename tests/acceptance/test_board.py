"""The board in a real browser, on real traffic of lab 1."""

import io
import re
import shutil
import socket
import urllib.error
import urllib.request
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any
from xml.etree import ElementTree as ET

import dpkt
import pytest
from playwright.sync_api import Error, sync_playwright

from acceptance.compose import Project
from acceptance.waiting import eventually

BROWSERS = ("chromium", "chromium-browser", "google-chrome")
HOSTILE = "<img src=x onerror=document.title=1>"
RESET = '.flags:text-is("RST-ACK")'  # of the refused connection, the last one
DESK, PHONE = {"width": 1360, "height": 900}, {"width": 390, "height": 844}


@dataclass(frozen=True)
class Board:
    """A running board and the lab it shows."""

    lab: Project
    address: str
    errors: list[str] = field(default_factory=list)

    def open(self, browser: Any, **settings: Any) -> Any:
        """Open it in a new page that has seen all that has passed; any error in it fails."""
        page = browser.new_context(**({"viewport": DESK} | settings)).new_page()
        page.on("pageerror", lambda error: self.errors.append(str(error)))
        # A browser gives up what it loads while other tests' networks come and go.
        for attempt in eventually():
            with attempt:
                assert is_open(page, self.address)
        page.wait_for_selector(RESET, state="attached", timeout=30_000)
        return page


@pytest.fixture(scope="module")
def browser() -> Iterator[Any]:
    found = next(filter(None, map(shutil.which, BROWSERS)), None)
    assert found, f"scripts/setup --tests installs a browser; looked for {', '.join(BROWSERS)}"
    with sync_playwright() as started:
        opened = started.chromium.launch(executable_path=found, args=["--no-sandbox"])
        yield opened
        opened.close()


@pytest.fixture(scope="module")
def board(lab1: Project, browser: Any) -> Iterator[Board]:
    """A board that has seen a traced exchange, hostile text and a refused connection."""
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    lab = replace(lab1, settings={"BOARD_PORT": str(port)})
    lab.compose("up", "--detach", "board")
    for command in (
        ("trace", "python3", "client.py", "server", "8080", "看板"),
        ("python3", "client.py", "server", "8080", HOSTILE),
    ):
        for attempt in eventually():
            with attempt:
                assert lab.exec("lab1-client", *command, check=False).status == 0
    lab.exec("lab1-client", "python3", "client.py", "server", "9999", check=False)
    address = f"http://127.0.0.1:{port}/"
    for attempt in eventually():
        with attempt:
            assert is_up(address)
    yield Board(lab, address)
    lab.compose("rm", "--stop", "--force", "board")


@pytest.fixture(scope="module")
def page(board: Board, browser: Any) -> Any:
    return board.open(browser)


def is_up(address: str) -> bool:
    try:
        with urllib.request.urlopen(address, timeout=5):  # noqa: S310
            return True
    except OSError:
        return False


def is_open(page: Any, address: str) -> bool:
    try:
        page.goto(address)
        page.wait_for_selector(".row.packet", state="attached", timeout=5_000)
    except Error:
        return False
    return True


def states(page: Any) -> list[str]:
    page.evaluate("new Promise(done => requestAnimationFrame(() => requestAnimationFrame(done)))")
    return [each.get_attribute("data-state") for each in page.locator("figure").all()]


def entries(page: Any) -> list[str]:
    return list(page.locator("#list li").all_inner_texts())


def choose_flow(page: Any, payload: str) -> None:
    """Show only the conversation in which the payload passed."""
    number = next(re.search(r"#(\d+)", line) for line in entries(page) if payload in line)
    assert number
    page.select_option("#flow", number[1])


def test_calls_and_segments_are_drawn_in_their_order(page: Any) -> None:
    rest = iter(entries(page))
    call, segment = 'send(3, "看板\\n") = 7', 'PSH-ACK seq 1 ack 1 len 7 "看板\\n"'
    for part in ("connect(3, server:8080) = 0", "SYN seq 0", call, segment):
        assert any(part in line for line in rest), (part, entries(page))
    drawn = page.locator("#diagram .row").all_text_contents()
    assert any(call in row for row in drawn)


def test_what_passes_now_appears(board: Board, page: Any) -> None:
    board.lab.exec("lab1-client", "ping", "-c", "1", "server")
    page.wait_for_selector('.flags:text-is("echo reply")', state="attached", timeout=10_000)


def test_a_payload_is_text_and_nothing_else(page: Any) -> None:
    assert any(HOSTILE in line for line in entries(page))
    assert page.locator("img").count() == 0
    assert page.title() == "socklab"


def test_steps_show_the_states_of_both_sockets(page: Any) -> None:
    choose_flow(page, "看板")
    page.locator("#diagram .row.packet").first.click()
    page.wait_for_selector("figure[data-state=SYN-SENT] + figure[data-state=LISTEN]")
    while (now := states(page))[0] in ("SYN-SENT", "ESTABLISHED"):
        page.keyboard.press("ArrowRight")
    assert now[0] in ("FIN-WAIT-1", "CLOSE-WAIT", "LAST-ACK")
    for _ in page.locator("#diagram .row").all():
        page.keyboard.press("ArrowRight")
    for _ in range(12):
        page.keyboard.press("ArrowRight")
    page.wait_for_selector("figure[data-state=TIME-WAIT]")
    assert set(states(page)) == {"TIME-WAIT", "CLOSED"}
    page.keyboard.press("End")
    page.wait_for_selector("figure[data-from=kernel]")
    assert set(states(page)) <= {"TIME-WAIT", "CLOSED"}
    assert page.locator("#live").get_attribute("aria-pressed") == "true"


def test_a_chosen_segment_shows_its_header(page: Any) -> None:
    page.locator("#list button", has_text="PSH-ACK seq 1 ack 1 len 7").click()
    page.wait_for_selector('#detail .what:has-text("PSH-ACK")')
    table = page.locator("#detail table").first.inner_text()
    assert re.search(r"Destination port\s+bits 16–31\s+8080", table)
    assert page.locator("#detail tr.set th").all_inner_texts()[0].startswith("ACK")
    assert "timestamps" in table
    assert page.locator("#list [aria-current]").count() == 1


def test_it_plays_again_and_jumps_to_a_reset(page: Any) -> None:
    page.select_option("#flow", "")
    page.select_option("#speed", "90")
    page.keyboard.press("Home")
    page.wait_for_selector("#status >> text=playing")
    page.wait_for_selector("#diagram .row.packet")
    page.keyboard.press("r")
    page.wait_for_selector(f".row.selected {RESET}", state="attached")
    page.wait_for_selector("#status >> text=paused")
    page.click("#live")


def saved(page: Any, kind: str) -> Path:
    """What is saved; where the browser gives a download up, it is asked for again."""
    for attempt in eventually():
        with attempt:
            with page.expect_download() as download:
                page.click(f"#save-{kind}")
            assert download.value.failure() is None
    return Path(download.value.path())


def test_a_run_is_saved_for_wireshark(page: Any) -> None:
    frames = dpkt.pcap.Reader(io.BytesIO(saved(page, "pcap").read_bytes()))
    assert any("看板\n".encode() in frame for _, frame in frames)


def test_a_run_is_saved_as_drawing_and_as_mermaid(page: Any) -> None:
    drawing = ET.parse(saved(page, "svg")).getroot()  # noqa: S314, our own file
    assert "RST-ACK" in "".join(drawing.itertext())
    assert saved(page, "mermaid").read_text().startswith("sequenceDiagram\n")


def test_a_saved_page_plays_without_the_board(page: Any, browser: Any, tmp_path: Path) -> None:
    file = tmp_path / "saved.html"
    shutil.copy(saved(page, "html"), file)
    offline = browser.new_context(offline=True).new_page()
    requests: list[str] = []
    offline.on("request", lambda request: requests.append(request.url))
    offline.on("pageerror", lambda error: pytest.fail(str(error)))
    offline.goto(file.as_uri())
    offline.wait_for_selector(RESET, state="attached")
    assert entries(offline) == entries(page)
    offline.keyboard.press("Home")
    offline.wait_for_selector("#status >> text=playing")
    assert [url for url in requests if not url.startswith(("file:", "data:"))] == []


def test_it_is_chinese_on_a_phone_where_wanted(board: Board, browser: Any) -> None:
    phone = board.open(browser, viewport=PHONE)
    phone.click("#language")
    phone.wait_for_selector("#status >> text=实时")
    assert phone.evaluate("document.documentElement.scrollWidth") <= PHONE["width"]
    for button in phone.locator("button:visible, a:visible, select:visible").all():
        assert button.evaluate("each => (each.innerText || each.labels[0].innerText).trim()")


def test_only_this_machine_is_answered(board: Board) -> None:
    request = urllib.request.Request(board.address, headers={"Host": "board.example"})  # noqa: S310
    with pytest.raises(urllib.error.HTTPError) as refused:
        urllib.request.urlopen(request, timeout=10)  # noqa: S310
    assert refused.value.code == 421
    refused.value.close()
    with urllib.request.urlopen(board.address, timeout=10) as answer:  # noqa: S310
        policy = answer.headers["Content-Security-Policy"]
    assert "default-src 'none'" in policy
    assert "unsafe" not in policy


def test_full_buffers_are_shown_as_the_kernels_have_them(board: Board, page: Any) -> None:
    listen = 'import socket, time; s = socket.create_server(("", 9300)).accept(); time.sleep(40)'
    send = 'import socket; socket.create_connection(("server", 9300)).sendall(bytes(4 * 10**6))'
    quietly = ">/dev/null 2>&1 </dev/null &"
    board.lab.exec("lab1-server", "sh", "-c", f"timeout 40 python3 -c '{listen}' {quietly}")
    for attempt in eventually():
        with attempt:
            assert board.lab.exec("lab1-server", "ss", "-Htln", "sport = :9300").stdout
    board.lab.exec("lab1-client", "sh", "-c", f"timeout 40 python3 -c '{send}' {quietly}")
    page.select_option("#flow", "")
    page.keyboard.press("End")
    full = re.compile(r"receive buffer: 1\d\d\.\d KiB of 1\d\d\.\d KiB wait for recv\(\)")
    for attempt in eventually():
        with attempt:
            left, right = page.locator("figure").all()
            assert full.search(right.inner_text()), right.inner_text()
            assert "send buffer: 0 bytes" in right.inner_text()
            assert "KiB not acknowledged yet" in left.inner_text()
            assert right.get_attribute("data-from") == "kernel"
    width = page.locator("figure").nth(1).locator(".fill.received").evaluate("e => e.style.width")
    assert int(width.removesuffix("%")) > 80


def test_no_page_had_an_error(board: Board) -> None:
    assert board.errors == []


def test_nothing_can_be_written_by_it(board: Board) -> None:
    done = board.lab.exec("board", "touch", "/run/events/x", "/opt/wire/x", check=False)
    assert done.stderr.count("Read-only file system") == 2
    assert board.lab.exec("board", "id", "-u").stdout == "65534\n"

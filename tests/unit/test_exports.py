"""What the board saves: read by other tools, and safe whatever was sent."""

import base64
import hashlib
import io
import json
import re
from pathlib import Path

import dpkt
import pytest

from unit.segments import HELLO, build_datagram, build_segment
from unit.test_events import CALL, HELLO_NAMES, RUN, passed
from wire.board.exports import MODULES, bundle, to_html, to_mermaid, to_pcap
from wire.events import Counted, Missed, Record, Run
from wire.packet import Flags

STATIC_FOLDER = Path(__file__).parents[2] / "images/wire/wire/board/static"
STATIC = {path.name: path.read_bytes() for path in STATIC_FOLDER.iterdir()}
EXCHANGE: list[Record] = [RUN, CALL, *passed(*HELLO, names=HELLO_NAMES)]
HOSTILE = b"</script><img src=x onerror=alert(1)>\r\n;end#\xe4\xbd\xa0"


def test_pcap_has_every_packet_as_it_was_captured() -> None:
    read = list(dpkt.pcap.Reader(io.BytesIO(to_pcap(EXCHANGE))))
    assert [frame for _, frame in read] == list(HELLO)
    assert [float(time) for time, _ in read][:3] == pytest.approx([100, 100.01, 100.02])


def test_pcap_of_nothing_is_whole() -> None:
    assert list(dpkt.pcap.Reader(io.BytesIO(to_pcap([])))) == []


def test_pcap_says_how_long_a_cut_frame_was() -> None:
    frame = build_segment(Flags.ACK, 1, 1, bytes(1400))
    data = to_pcap(passed(frame))
    captured, length = (int.from_bytes(data[at : at + 4], "little") for at in (32, 36))
    assert captured < length == len(frame)
    ((_, read),) = dpkt.pcap.Reader(io.BytesIO(data))
    assert dpkt.ethernet.Ethernet(read).data.len == len(frame) - 14


def test_mermaid_draws_calls_beside_segments() -> None:
    lines = to_mermaid([RUN, CALL, *passed(*HELLO[:4])]).splitlines()
    assert lines[:3] == ["sequenceDiagram", "    participant client", "    participant server"]
    assert lines[3] == "    Note left of client: send(3, #34;你好#92;n#34;) = 7"
    assert lines[6].endswith(": SYN seq 0 len 0")
    assert "10.208.7.5->>10.208.7.4" in lines[6]


def test_mermaid_names_hosts_and_counts() -> None:
    named = [*passed(*HELLO, names=HELLO_NAMES)]
    hosts = {"server": ["10.208.7.4"], "client": ["10.208.7.5"]}
    run = Run(2, "lab1", "8080", 0.0, hosts)
    counted = Counted(1, named[0].ends, 0.5, 12, 1000, 0, "TCP")
    text = to_mermaid([run, *named, counted, Missed(3)])
    assert "    client->>server: PSH-ACK seq 1 ack 1 len 6 #34;hello#92;n#34;" in text
    assert "    Note over client,server: 12 segments, 1000 bytes" in text


def test_no_payload_can_end_a_mermaid_line() -> None:
    text = to_mermaid(passed(build_datagram(HOSTILE)))
    assert len(text.splitlines()) == 6
    assert not set("<>;#").intersection(re.sub(r"#\d+;|->>", "", text))


def test_html_holds_all_records_and_nothing_from_outside() -> None:
    page = to_html(EXCHANGE, static=STATIC, language="zh")
    assert '<html lang="zh">' in page
    held = re.search(r'<script type="application/json" id="recorded">(.*?)</script>', page)
    assert held
    records = json.loads(held[1])
    assert [each["type"] for each in records] == ["run", "call", *["packet"] * 10]
    assert not re.search(r'(src|href)="(?!#|data:)', page)


def test_html_runs_its_own_script_only() -> None:
    page = to_html(EXCHANGE, static=STATIC, language="en")
    script = re.search(r'<script type="module">(.*?)</script>', page, re.DOTALL)
    style = re.search(r"<style>(.*?)</style>", page, re.DOTALL)
    assert script
    assert style
    for text in (script[1], style[1]):
        digest = base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()
        assert f"'sha256-{digest}'" in page


def test_no_payload_can_leave_the_data_of_the_page() -> None:
    page = to_html(passed(build_datagram(HOSTILE)), static=STATIC, language="en")
    held = page.split('id="recorded">')[1].split("\n")[0]
    assert held.endswith("</script>")
    assert "<" not in held.removesuffix("</script>")


def test_modules_are_joined_without_imports_and_name_clashes() -> None:
    modules = {name: STATIC[name].decode() for name in MODULES}
    script = bundle(modules)
    assert not re.search(r"^(import|export) ", script, re.MULTILINE)
    names = re.findall(r"^(?:async )?(?:const|let|class|function) (\w+)", script, re.MULTILINE)
    assert len(names) == len(set(names))
    for text in modules.values():
        for imported in re.findall(r'^import .* from "\./(.*)";$', text, re.MULTILINE):
            assert imported in MODULES


def test_every_module_of_the_page_is_in_the_saved_one() -> None:
    assert {name for name in STATIC if name.endswith(".js")} == {*MODULES, "start.js"}


def test_the_page_makes_no_html_of_text() -> None:
    for name in MODULES:
        text = STATIC[name].decode()
        assert not re.search(r"innerHTML|outerHTML|insertAdjacentHTML|document\.write|eval\(", text)


def test_the_page_speaks_both_languages() -> None:
    for name in ("words.js", "sentences.js"):
        pairs = re.findall(
            r'^  (?:"[\w-]+"|\w+): \[\s*"(.*?)",\s*"(.*?)",?\s*\]',
            STATIC[name].decode(),
            re.MULTILINE | re.DOTALL,
        )
        assert len(pairs) > 40
        for english, chinese in pairs:
            assert re.search(r"[\u4e00-\u9fff]", chinese) or chinese == english
            assert set(re.findall(r"\{\w+\}", english)) == set(re.findall(r"\{\w+\}", chinese))


def test_every_key_the_page_uses_has_words() -> None:
    keys = set()
    for name in ("words.js", "sentences.js"):
        keys |= set(re.findall(r'^  "?([\w-]+)"?: \[', STATIC[name].decode(), re.MULTILINE))
    used = set(re.findall(r'data-[thl]="([\w-]+)"', STATIC["index.html"].decode()))
    for name in MODULES:
        used |= set(re.findall(r'\bsay\("([\w-]+)"', STATIC[name].decode()))
    fields = re.findall(r'take\("([\w-]+)"', STATIC["headers.js"].decode())
    assert used | set(fields) <= keys

"""Write a run as a file of another format. Pure: records in, text or bytes out.

What programs have sent is hostile: it is escaped for the format it goes into.
"""

import base64
import hashlib
import json
import re
import struct
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict

from wire.events import KINDS, Called, Counted, Passed, Record, Run, frame_of

# https://www.ietf.org/archive/id/draft-ietf-opsawg-pcap-05.html: microseconds, Ethernet.
_PCAP_HEADER = struct.pack("<IHHiIII", 0xA1B2C3D4, 2, 4, 0, 0, 65535, 1)
_PCAP_PACKET = struct.Struct("<IIII")

_NAMES = {record: name for name, record in KINDS.items()}

# The order in which the modules of the page can stand in one script.
MODULES = (
    *("words.js", "sentences.js", "headers.js", "store.js", "lines.js", "diagram.js"),
    *("machine.js", "panels.js", "player.js", "save.js", "source.js", "main.js"),
)


def to_pcap(records: Iterable[Record]) -> bytes:
    """Write the packets as Wireshark reads them; each is as long as it was kept."""
    parts = [_PCAP_HEADER]
    for record in records:
        if isinstance(record, Passed) and (frame := frame_of(record)):
            seconds = int(record.at)
            microseconds = min(999_999, round((record.at - seconds) * 1e6))
            size = max(record.size, len(frame))
            parts += [_PCAP_PACKET.pack(seconds, microseconds, len(frame), size), frame]
    return b"".join(parts)


def to_mermaid(records: Sequence[Record]) -> str:
    """Write a sequence diagram that Markdown pages of many sites draw."""
    names = names_of(records)
    lines = ["sequenceDiagram", "    participant client", "    participant server"]
    said = {"client", "server"}
    for record in records:
        ends: list[str] = []
        if isinstance(record, Passed | Counted):
            ends = [_word(names.get(end.address, end.address)) for end in record.ends]
        for end in ends:
            if end not in said:
                lines.append(f"    participant {end}")
                said.add(end)
        match record:
            case Passed():
                source, target = ends if record.source == 0 else reversed(ends)
                lines.append(f"    {source}->>{target}: {_safe(_label(record))}")
            case Counted():
                text = f"{record.count} segments, {record.left + record.right} bytes"
                lines.append(f"    Note over {ends[0]},{ends[1]}: {text}")
            case Called():
                side = "right" if record.side else "left"
                result = "" if record.result is None else f" = {record.result}"
                text = _safe(f"{record.text}{result}")
                host = _word(record.host)
                if host not in said:
                    lines.append(f"    participant {host}")
                    said.add(host)
                lines.append(f"    Note {side} of {host}: {text}")
    return "\n".join(lines) + "\n"


def to_html(records: Iterable[Record], *, static: Mapping[str, bytes], language: str) -> str:
    """Write the whole board as one page that plays the run again without any server.

    `static` are the files of the page. Nothing but its own script may run in it: the script is
    named by its hash in the page's policy.
    """
    script = bundle({name: static[name].decode() for name in MODULES})
    style = static["style.css"].decode()
    policy = (
        f"default-src 'none'; script-src '{_hash(script)}'; style-src '{_hash(style)}'; "
        "img-src data: blob:; base-uri 'none'; form-action 'none'"
    )
    content = json.dumps([{"type": _NAMES[type(each)], **asdict(each)} for each in records])
    # Nothing in a string can end the element or begin a comment.
    safe = content.replace("<", "\\u003c").replace(">", "\\u003e").replace("&", "\\u0026")
    page = static["index.html"].decode()
    replaced = {
        '<html lang="en">': f'<html lang="{language}">',
        '<meta charset="utf-8">': '<meta charset="utf-8">\n'
        f'<meta http-equiv="Content-Security-Policy" content="{policy}">',
        '<link rel="stylesheet" href="static/style.css">': f"<style>{style}</style>",
        '<script src="static/start.js"></script>\n': "",
        '<script type="module" src="static/main.js"></script>': (
            f'<script type="application/json" id="recorded">{safe}</script>\n'
            f'<script type="module">{script}</script>'
        ),
    }
    for old, new in replaced.items():
        assert page.count(old) == 1, old
        page = page.replace(old, new)
    return page


def bundle(modules: Mapping[str, str]) -> str:
    """Join ES modules to one script: their imports go, their exports become plain names."""
    parts = []
    for text in modules.values():
        without = re.sub(r"^import [^;]*;\n", "", text, flags=re.MULTILINE)
        parts.append(re.sub(r"^export ", "", without, flags=re.MULTILINE))
    return "\n".join(parts)


def names_of(records: Sequence[Record]) -> dict[str, str]:
    """Return the names of the hosts by their addresses."""
    runs = [record for record in records if isinstance(record, Run)]
    return {
        address: name
        for run in runs
        for name, addresses in run.hosts.items()
        for address in addresses
    }


def _label(record: Passed) -> str:
    flags = "-".join(each for each in _ordered(record.flags)) or record.kind
    numbers = [
        f"{name} {value}"
        for name, value in (("seq", record.seq), ("ack", record.ack), ("len", record.length))
        if value is not None
    ]
    return " ".join((flags, *numbers, record.payload)).strip()


def _ordered(flags: Sequence[str]) -> list[str]:
    return [each for each in ("SYN", "FIN", "RST", "PSH", "URG", "ACK") if each in flags]


def _word(name: str) -> str:
    """A name of a participant: an address has no character with a meaning but the colon."""
    return re.sub(r"[^A-Za-z0-9.]", "_", name)


def _safe(text: str) -> str:
    """Text of a message: what Mermaid or HTML could take for its own becomes a number."""
    return re.sub(r"[^\w \-=(),.:/]", lambda found: f"#{ord(found[0])};", text)


def _hash(text: str) -> str:
    digest = hashlib.sha256(text.encode()).digest()
    return f"sha256-{base64.b64encode(digest).decode()}"

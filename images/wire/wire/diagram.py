"""Draw events as lines of plain text: the only module that draws. Pure.

    0.001  #1  client ──▶ server  PSH-ACK   seq 1   ack 1   len 6   "hello\\n"

From the left: seconds since the start of the conversation (with milliseconds), number of the flow,
direction, flags, relative sequence and acknowledgement number, bytes of payload, and the payload.
What stands out follows after `<-`. The client is always on the left.
"""

from collections.abc import Mapping
from functools import lru_cache

from wire.fold import Folded
from wire.model import Event
from wire.note import Note
from wire.packet import Datagram, Echo, Endpoint, Flags, Packet, Segment
from wire.words import Language, say

# What fits in a line beside the numbers.
TEXT_BYTES = 64
HEX_BYTES = 20

# A segment that was cut inside a character at both ends holds up to 3 + 3 bytes of halves, and is
# text all the same.
HALF_CHARACTERS_BYTES = 6

# The order in which the flags of one segment are named: what changes the connection first.
FLAG_ORDER = (Flags.SYN, Flags.FIN, Flags.RST, Flags.PSH, Flags.URG, Flags.ACK)

_ESCAPES = {"\n": r"\n", "\r": r"\r", "\t": r"\t", "\\": r"\\", '"': r"\""}


def draw(event: Event | Folded, *, names: Mapping[str, str], language: Language) -> list[str]:
    """Draw one event; `names` maps addresses to the names of the lab's hosts.

    The first packet of a flow brings an empty line and a heading with its ports.
    """
    if isinstance(event, Folded):
        return [_folded_line(event, names, language)]
    packet = draw_packet(event, names=names, language=language)
    line = f"{event.time_s:8.3f}  #{event.number:<2} {packet}"
    return ["", _heading(event, names), line] if event.is_first else [line]


@lru_cache
def name_flags(flags: Flags) -> str:
    """Name the flags as textbooks do: SYN, SYN-ACK, PSH-ACK, FIN-ACK, RST."""
    return "-".join(str(flag.name) for flag in FLAG_ORDER if flag in flags)


def show_payload(payload: bytes, *, length: int, language: Language) -> str:
    """Show the first bytes of a payload in a form that cannot control a terminal.

    Printable UTF-8 stays as it is; all else becomes escapes of its bytes, and so does half of a
    character where the segment was cut inside it. What is not mostly text is shown in hex.
    `length` is the size that passed; a cut is said.
    """
    shown_bytes, text = escape_text(payload) or escape_hex(payload)
    if shown_bytes == length:
        return text
    return f"{text} {say('cut', language, shown=shown_bytes, length=f'{length:,}')}"


def draw_packet(
    event: Event, *, names: Mapping[str, str], language: Language, is_aligned: bool = True
) -> str:
    """Draw the line of an event alone, without its time and the number of its flow.

    Unless it is aligned it takes no more room than it needs.
    """
    left, right = lanes(event, names)
    packet = event.packet
    arrow = "──▶" if packet.source == left else "◀──"
    if Note.LOST in event.notes:
        arrow = "──✕" if packet.source == left else "✕──"
    columns = (
        (f"{_name(left, names)} {arrow} {_name(right, names)} ", 0),
        (_kind(packet), 12),
        (_field("seq", event.sequence), 9),
        (_field("ack", event.acknowledgement), 9),
        (_field("len", packet.length), 8),
    )
    numbers = [f"{text:<{width * is_aligned}}" for text, width in columns if text or is_aligned]
    shown = ""
    if packet.length and not isinstance(packet, Echo):
        shown = show_payload(packet.payload, length=packet.length, language=language)
    notes = [f"<- {say(note, language)}" for note in event.notes]
    return " ".join([*numbers, *([shown] if shown or is_aligned else []), *notes]).rstrip()


def _folded_line(folded: Folded, names: Mapping[str, str], language: Language) -> str:
    left, right = lanes(folded, names)
    way_there, way_back = folded.forward_bytes, folded.back_bytes
    if left != folded.ends[0]:
        way_there, way_back = way_back, way_there
    parts = [
        f"{show_size(size, language)} {_name(left, names)} {arrow} {_name(right, names)}"
        for size, arrow in ((way_there, "──▶"), (way_back, "◀──"))
        if size
    ]
    key = "folded-datagrams" if folded.is_datagrams else "folded"
    carried = ", ".join(parts) or show_size(0, language)
    text = say(key, language, count=f"{folded.count:,}", carried=carried)
    if folded.lost:
        text += say("folded-lost", language, count=f"{folded.lost:,}")
    for note, count in folded.notes:
        text += say("folded-note", language, count=f"{count:,}", note=say(note, language))
    return f"{folded.time_s:8.3f}  #{folded.number:<2} … {text} …"


def show_size(size_bytes: int, language: Language) -> str:
    """Show a number of bytes in the largest unit of which there is one: `10.0 MiB`."""
    if size_bytes < 1024:
        return say("size-bytes", language, count=size_bytes)
    size = size_bytes / 1024
    for unit in ("KiB", "MiB"):
        if size < 1024:
            return f"{size:.1f} {unit}"
        size /= 1024
    return f"{size:.1f} GiB"


def _heading(event: Event, names: Mapping[str, str]) -> str:
    left, right = lanes(event, names)
    kind = {Segment: "TCP", Datagram: "UDP", Echo: "ping"}[type(event.packet)]
    kind += " over IPv6" if ":" in left.address else ""
    ends = (_name(each, names) + (f":{each.port}" if each.port else "") for each in (left, right))
    return f"#{event.number}  {kind}  {' ─── '.join(ends)}"


def lanes(event: Event | Folded, names: Mapping[str, str]) -> tuple[Endpoint, Endpoint]:
    """Return who stands left and who right: the client and the server, else who began goes left."""
    first, second = event.ends
    is_turned = names.get(second.address) == "client" or names.get(first.address) == "server"
    return (second, first) if is_turned else (first, second)


def _name(end: Endpoint, names: Mapping[str, str]) -> str:
    return names.get(end.address, end.address)


def _kind(packet: Packet) -> str:
    match packet:
        case Segment():
            return name_flags(packet.flags)
        case Datagram():
            return "UDP"
        case Echo():
            return "echo reply" if packet.is_reply else "echo request"


def _field(name: str, value: int | None) -> str:
    return "" if value is None else f"{name} {value}"


def escape_text(payload: bytes) -> tuple[int, str] | None:
    """Return how many bytes are shown, with their text; None if they are not mostly text."""
    # Three bytes more than are shown, so that our own cut never halves a character.
    return _escape(payload[: TEXT_BYTES + 3])


@lru_cache  # the picture, the journal and often the next packet show the same
def _escape(payload: bytes) -> tuple[int, str] | None:
    shown_bytes = escaped_bytes = 0
    text = ""
    for character in payload.decode("utf-8", "surrogateescape"):
        raw = character.encode("utf-8", "surrogateescape")
        if shown_bytes + len(raw) > TEXT_BYTES:
            break
        shown_bytes += len(raw)
        if character.isprintable() or character in _ESCAPES:
            text += _ESCAPES.get(character, character)
        else:
            escaped_bytes += len(raw)
            text += "".join(f"\\x{byte:02x}" for byte in raw)
    if escaped_bytes > max(HALF_CHARACTERS_BYTES, shown_bytes / 2):
        return None
    return shown_bytes, f'"{text}"'


def escape_hex(payload: bytes) -> tuple[int, str]:
    """Return how many bytes are shown, with their values in hex."""
    shown = payload[:HEX_BYTES]
    return len(shown), f"hex {shown.hex(' ')}"

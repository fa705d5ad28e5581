"""One plain sentence about each thing that the wire shows, the first time it is seen. Pure."""

from wire.calls import Call
from wire.fold import Folded
from wire.model import Event
from wire.note import Note
from wire.packet import Datagram, Echo, Segment
from wire.words import Language, Words

# Under the picture's own columns, pointing up to what it explains.
_INDENT = " " * 14 + "^ "

SENTENCES: dict[str, Words] = {
    "waits": Words(
        "the call blocks: the program stands still until there is something to return",
        "调用阻塞了：在有结果可返回之前，程序停在这里不动",
    ),
    "data": Words(
        "seq numbers its first byte; ack tells which byte the other side waits for next",
        "seq 是其中第一个字节的编号；ack 说明对方接下来等待哪个字节",
    ),
    "datagram": Words(
        "UDP: no handshake, ACK or close; a datagram comes whole, but may be late or lost",
        "UDP：没有握手、确认和关闭；数据报总是完整的，但可能迟到或丢失",
    ),
    "ping": Words(
        "ICMP stands beside TCP and UDP: the kernel answers, no program is needed",
        "ICMP 与 TCP、UDP 并列：由内核应答，不需要任何程序",
    ),
    "folded": Words(
        "of a long transfer only the beginning is drawn; what goes on in the same way is counted",
        "大量传输只画出开头；之后同样的报文段只计数",
    ),
    Note.MIDWAY: Words(
        "its beginning passed before the wire started, so the real numbers are not known",
        "它开始时 wire 还没有启动，所以不知道真正的起始序号",
    ),
    Note.HANDSHAKE: Words(
        "each side has said from which number it counts, and knows that the other heard it",
        "双方都说明了自己从哪个序号数起，也都知道对方收到了",
    ),
    Note.REFUSED: Words(
        "RST in answer to SYN: the host is there, but no program listens on this port",
        "用 RST 回答 SYN：主机在，但没有程序监听这个端口",
    ),
    Note.RESET: Words(
        "RST ends both directions at once; what is under way or has not been read is lost",
        "RST 立刻结束两个方向；还在路上的、还没读走的数据都丢弃",
    ),
    Note.FIRST_FIN: Words(
        "FIN ends one direction: it sends no more, but can still receive",
        "FIN 只结束一个方向：它不再发送，但仍然可以接收",
    ),
    Note.CLOSED: Words(
        "who closed first now waits 60 s in TIME-WAIT; ss -tan on that host shows it",
        "先关闭的一方要在 TIME-WAIT 停留 60 秒；在那台主机上用 ss -tan 可以看到",
    ),
    Note.LOST: Words(
        "neither host is told: TCP notices that no ACK comes, UDP notices nothing",
        "没有谁会通知两台主机：TCP 发现迟迟等不到 ACK，UDP 则毫无察觉",
    ),
    Note.DAMAGED: Words(
        "the receiver's kernel finds a wrong checksum and throws it away, as if it were lost",
        "接收方内核发现校验和不对，就把它丢弃，等于丢失",
    ),
    Note.DUPLICATE: Words(
        "TCP has these bytes already, by seq, and drops them; UDP hands them over again",
        "TCP 凭 seq 知道已经有了这些字节，会丢弃；UDP 则会再交给程序一次",
    ),
    Note.RETRANSMISSION: Words(
        "no ACK came in time, so TCP sends the bytes again; programs only notice a delay",
        "没有及时等到 ACK，TCP 把同样的字节再发一次；程序只会觉得慢了一点",
    ),
    Note.OUT_OF_ORDER: Words(
        "TCP keeps what came too early, and gives the program all bytes in their order",
        "先到的数据 TCP 会留着，最后按顺序交给程序",
    ),
    Note.GAP: Words(
        "these bytes wait in the receive buffer until the missing ones have come",
        "这些字节先留在接收缓冲区里，等前面缺的到了再交给程序",
    ),
    Note.DUPLICATE_ACK: Words(
        "it says again which byte it waits for; after three of these TCP sends that one at once",
        "它再次说明自己在等哪个字节；这样的 ACK 来了三个，TCP 就立刻重发",
    ),
    Note.KEEP_ALIVE: Words(
        "nobody has said anything for long: the kernel asks whether the other side is still there",
        "很久没有往来：内核问一问对方是否还在",
    ),
    Note.WINDOW_PROBE: Words(
        "the sender's kernel asks from time to time, in case the word that there is room was lost",
        "发送方内核隔一段时间问一次，以防“有空间了”的通知丢失",
    ),
    Note.ZERO_WINDOW: Words(
        "its program does not call recv() often enough; nothing more may be sent until it does",
        "它的程序没有及时调用 recv()；在它读走数据之前，对方不能再发送",
    ),
    Note.WINDOW_OPEN: Words(
        "its program has called recv(), so there is room again and the sender goes on",
        "它的程序调用了 recv()，又有了空间，发送方继续发送",
    ),
}
# It says the same as the first one.
_UNEXPLAINED = {Note.SECOND_FIN}


class Explainer:
    """Remembers what has been explained."""

    def __init__(self, language: Language) -> None:
        self._language = language
        self._done: set[str] = set(_UNEXPLAINED)

    def explain(self, seen: Event | Folded | Call) -> list[str]:
        """Return a line for each thing that is seen for the first time."""
        new = [key for key in _keys(seen) if key not in self._done]
        self._done.update(new)
        words = [SENTENCES[key] for key in new]
        return [_INDENT + (each.zh if self._language == "zh" else each.en) for each in words]


def _keys(seen: Event | Folded | Call) -> list[str]:
    match seen:
        case Call():
            return [] if seen.results else ["waits"]
        case Folded():
            return ["folded"]
        case Event(packet=Segment()):
            return [*(["data"] if seen.packet.length else []), *seen.notes]
        case Event(packet=Datagram()):
            return ["datagram", *seen.notes]
        case Event(packet=Echo()):
            return ["ping", *seen.notes]
    return []

"""What can stand out about a segment. Pure."""

from enum import StrEnum


class Note(StrEnum):
    """What stands out about a segment; the value is its key in the table of words."""

    LOST = "lost"
    DAMAGED = "damaged"
    MIDWAY = "midway"
    HANDSHAKE = "handshake"
    REFUSED = "refused"
    RESET = "reset"
    FIRST_FIN = "first-fin"
    SECOND_FIN = "second-fin"
    CLOSED = "closed"
    DUPLICATE = "duplicate"
    RETRANSMISSION = "retransmission"
    OUT_OF_ORDER = "out-of-order"
    GAP = "gap"
    DUPLICATE_ACK = "duplicate-ack"
    KEEP_ALIVE = "keep-alive"
    WINDOW_PROBE = "window-probe"
    ZERO_WINDOW = "zero-window"
    WINDOW_OPEN = "window-open"

"""Leaves System V shared memory behind, which outlives its processes, and other System V objects."""

import ctypes
import mmap

SEGMENT_BYTES = 24 << 20
IPC_PRIVATE, IPC_CREAT = 0, 0o1600

libc = ctypes.CDLL(None, use_errno=True)
libc.shmat.restype = ctypes.c_void_p
kept = 0
for _ in range(2):
    segment = libc.shmget(IPC_PRIVATE, ctypes.c_size_t(SEGMENT_BYTES), IPC_CREAT)
    if segment >= 0:
        address = libc.shmat(segment, None, 0)
        for page in range(0, SEGMENT_BYTES, mmap.PAGESIZE):
            ctypes.memset(address + page, 1, 1)
        libc.shmdt(ctypes.c_void_p(address))
        kept += 1
queues = sum(libc.msgget(IPC_PRIVATE, IPC_CREAT) >= 0 for _ in range(100))
print(f"{kept} segments, {queues} queues", flush=True)

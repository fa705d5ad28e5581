"""Writes wherever it may until there is no room, then makes files until there are no more."""

import errno
import os

full = []
for folder in ("/tmp", "/dev/shm", "/home/student", "/lab", "/", "/var/tmp", "/run", "/dev/mqueue"):
    written, files = 0, 0
    try:
        for number in range(64):
            with open(f"{folder}/socklab-was-here-{number}", "wb", buffering=0) as file:
                while size := file.write(bytes(1 << 20)):
                    written += size
                    if written > 1 << 30:
                        raise OverflowError
    except OSError as problem:
        reason = errno.errorcode[problem.errno]
    except OverflowError:
        reason = "no end"
    try:
        for number in range(100_000):
            os.mkdir(f"{folder}/{number}")
            files += 1
    except OSError:
        pass
    full.append(f"{folder}: {written >> 20} MiB, {files} folders, {reason}")
try:
    closed = os.path.join("/tmp", *["deep"] * 100)
    os.makedirs(closed)
    os.chmod(closed, 0)
    os.chmod("/tmp/deep", 0)
except OSError:
    pass
print(*full, sep="\n", flush=True)

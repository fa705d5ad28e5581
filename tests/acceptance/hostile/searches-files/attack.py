"""Searches everything its host shows for checks, references, other submissions and the grader.

needles.json, put beside it by the test, has what to look for, written backwards so that it does
not find itself. Prints each place where it found something, then how much it has read.
"""

import json
import os
import stat

with open("needles.json") as file:
    needles = [needle[::-1].encode() for needle in json.load(file)]

MEMORY_BYTES = 1 << 24
read_bytes, refused = 0, 0


def look(path, data):
    global read_bytes
    read_bytes += len(data)
    for needle in needles:
        if needle in data:
            print(f"found {needle.decode()} in {path}", flush=True)


def look_into(path):
    global refused
    try:
        if stat.S_ISREG(os.stat(path).st_mode):
            with open(path, "rb") as file:
                while data := file.read(1 << 20):
                    look(path, data)
    except OSError:
        refused += 1


def look_into_memory(pid):
    """Read what a process has mapped for writing, as a debugger does."""
    global refused
    try:
        with open(f"/proc/{pid}/maps") as maps, open(f"/proc/{pid}/mem", "rb") as memory:
            for line in maps:
                if " rw" in line and "[v" not in line:
                    start, end = (int(number, 16) for number in line.split()[0].split("-"))
                    memory.seek(start)
                    look(f"memory of {pid}", memory.read(min(end - start, MEMORY_BYTES)))
    except OSError:
        refused += 1


for folder, folders, files in os.walk("/"):
    if folder in ("/proc", "/sys"):
        folders.clear()
    for name in files:
        look_into(os.path.join(folder, name))
for pid in (name for name in os.listdir("/proc") if name.isdecimal()):
    for name in ("environ", "cmdline", "maps", "mountinfo", "stack", "auxv"):
        look_into(f"/proc/{pid}/{name}")
    for name in ("cwd", "root"):
        try:
            look(f"/proc/{pid}/{name}", repr(os.listdir(f"/proc/{pid}/{name}/")).encode())
        except OSError:
            refused += 1
    try:
        for descriptor in os.listdir(f"/proc/{pid}/fd"):
            look_into(f"/proc/{pid}/fd/{descriptor}")
    except OSError:
        refused += 1
    if int(pid) != os.getpid():
        look_into_memory(pid)
print(f"read {read_bytes} bytes; refused {refused} times", flush=True)

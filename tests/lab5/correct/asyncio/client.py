"""asyncio streams."""

import asyncio
import pathlib
import sys

HOST, PORT, FOLDER, *NAMES = sys.argv[1:]


async def fetch(reader, writer, name):
    half = pathlib.Path(FOLDER, "." + name if len(name.encode()) < 255 else ".long")
    offset = half.stat().st_size if half.exists() else 0
    writer.write(f"{offset} {name}\n".encode())
    line = (await reader.readline()).decode().strip()
    if not line.isdecimal():
        print(name, line)
        return False
    left = int(line)
    with half.open("ab") as file:
        while left:
            data = await reader.read(min(left, 100_000))
            if not data:
                raise ConnectionError("too short")
            file.write(data)
            left -= len(data)
    half.rename(pathlib.Path(FOLDER, name))
    writer.write(b"ok\n")
    return True


async def main():
    reader, writer = await asyncio.open_connection(HOST, int(PORT))
    done = [await fetch(reader, writer, name) for name in NAMES]
    await writer.drain()
    writer.close()
    return 0 if all(done) else 3


try:
    sys.exit(asyncio.run(main()))
except OSError as problem:
    print("failed:", problem)
    sys.exit(2)

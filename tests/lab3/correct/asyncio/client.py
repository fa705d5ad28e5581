"""asyncio streams; lines are typed in a thread and sent without waiting for answers."""

import asyncio
import os
import sys


async def send(writer, counts):
    loop = asyncio.get_running_loop()
    while line := await loop.run_in_executor(None, sys.stdin.buffer.readline):
        counts["sent"] += 1
        writer.write(line if line.endswith(b"\n") else line + b"\n")
        await writer.drain()
    writer.write_eof()


async def receive(reader, counts):
    while True:
        try:
            answer = await reader.readuntil(b"\n")
        except asyncio.IncompleteReadError:
            return
        counts["answers"] += 1
        sys.stdout.buffer.write(answer)
        sys.stdout.buffer.flush()


async def main():
    counts = {"sent": 0, "answers": 0}
    reader, writer = await asyncio.open_connection(*sys.argv[1:3], limit=1 << 24)
    sender = asyncio.create_task(send(writer, counts))
    await receive(reader, counts)
    if not sender.done() or counts["answers"] < counts["sent"]:
        raise ConnectionError("the server has left")
    writer.close()


async def guarded_main():
    try:
        await main()
    except OSError as problem:
        sys.stderr.write(f"no more answers: {problem}\n")
        sys.stderr.flush()
        os._exit(3)  # asyncio.run() would wait for the thread that reads what is typed


asyncio.run(guarded_main())

"""Coroutines; ends as soon as the server has closed, also while nobody types."""

import asyncio
import os
import sys


async def send_typed(writer):
    while line := await asyncio.to_thread(sys.stdin.readline):
        writer.write(line.encode())
        await writer.drain()
        if line == "exit\n":
            break


async def print_answers(reader):
    while line := await reader.readline():
        print("<", line.decode().rstrip("\n"))
        if line == b"exit\n":
            break


async def main():
    reader, writer = await asyncio.open_connection(sys.argv[1], int(sys.argv[2]))
    tasks = [asyncio.create_task(send_typed(writer)), asyncio.create_task(print_answers(reader))]
    await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
    writer.close()
    await writer.wait_closed()
    sys.stdout.flush()
    os._exit(0)  # a thread may still wait for somebody to type


asyncio.run(main())

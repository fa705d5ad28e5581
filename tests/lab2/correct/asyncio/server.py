"""Coroutines; several clients at the same time; a thread reads what the operator types."""

import asyncio
import sys


async def answer_to(text):
    typed = await asyncio.to_thread(sys.stdin.readline)
    return typed.rstrip("\n") if typed else f"received: {text}"


async def talk(reader, writer):
    peer = writer.get_extra_info("peername")
    try:
        while line := await reader.readline():
            text = line.decode(errors="replace").rstrip("\n")
            print(f"{peer[0]}:{peer[1]} says {text}")
            if text == "exit":
                break
            answer = await answer_to(text)
            writer.write(f"{answer}\n".encode())
            await writer.drain()
            if answer == "exit":
                break
    except OSError as problem:
        print(peer, problem)
    writer.close()


async def main():
    server = await asyncio.start_server(talk, sys.argv[1], int(sys.argv[2]))
    await server.serve_forever()


asyncio.run(main())

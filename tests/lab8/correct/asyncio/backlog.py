import asyncio
import sys


async def main(host, port, count, seconds):
    writers = []
    for _ in range(count):
        try:
            opened = await asyncio.wait_for(asyncio.open_connection(host, port), seconds)
        except asyncio.TimeoutError:
            print("connected:", len(writers))
            print("connect: timed out")
            return 124
        writers.append(opened[1])
    print("connected:", len(writers))
    return 0


sys.exit(asyncio.run(main(sys.argv[1], int(sys.argv[2]), int(sys.argv[3]), float(sys.argv[4]))))

import asyncio
import sys


async def main(call, host, port, seconds):
    doing = "accept" if call == "accept" else "connect"
    try:
        async with asyncio.timeout(seconds):
            if call == "accept":
                accepted = asyncio.Event()
                await asyncio.start_server(lambda *_: accepted.set(), host, port)
                await accepted.wait()
            else:
                reader, _ = await asyncio.open_connection(host, port)
                if call == "recv":
                    doing = "recv"
                    await reader.readuntil(b"\n")
    except TimeoutError:
        print(f"{doing}: timed out after {seconds:g} seconds")
        return 124
    except (OSError, asyncio.IncompleteReadError) as error:
        print(f"{doing}: {error}")
        return 1
    print(f"{call}: done")
    return 0


sys.exit(asyncio.run(main(sys.argv[1], sys.argv[2], int(sys.argv[3]), float(sys.argv[4]))))

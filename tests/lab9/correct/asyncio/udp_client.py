import asyncio
import sys


class Asking(asyncio.DatagramProtocol):
    def __init__(self):
        self.answers = asyncio.Queue()

    def datagram_received(self, data, address):
        self.answers.put_nowait(data)

    def error_received(self, error):
        self.answers.put_nowait(error)


async def main(host, port, texts):
    loop = asyncio.get_running_loop()
    transport, asking = await loop.create_datagram_endpoint(Asking, remote_addr=(host, port))
    for text in texts:
        transport.sendto(text.encode())
        try:
            answer = await asyncio.wait_for(asking.answers.get(), 2)
        except TimeoutError:
            sys.exit("the server timed out")
        if isinstance(answer, OSError):
            sys.exit("Refused by the other host")
        print(answer.decode())
    transport.close()


asyncio.run(main(sys.argv[1], int(sys.argv[2]), sys.argv[3:]))

"""One thread a client; the questions of all are put to the operator one after the other."""

import socket
import sys
import threading

keyboard = threading.Lock()


def talk(connection, address):
    with connection, connection.makefile("rwb", buffering=4096) as stream:
        try:
            for line in stream:
                text = line.decode(errors="replace").removesuffix("\n")
                print(f"{address}: {text!s}")
                if text == "exit":
                    return
                with keyboard:
                    try:
                        answer = input()
                    except EOFError:
                        answer = f"received: {text}"
                stream.write(answer.encode() + b"\n")
                stream.flush()
                if answer == "exit":
                    return
        except ConnectionError:
            print(address, "is gone")


listener = socket.socket()
listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEPORT, 1)
listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
listener.bind((sys.argv[1], int(sys.argv[2])))
listener.listen()
while True:
    threading.Thread(target=talk, args=listener.accept(), daemon=True).start()

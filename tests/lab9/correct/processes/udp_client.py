import select
import socket
import sys

server = (sys.argv[1], int(sys.argv[2]))
for text in sys.argv[3:]:  # each with a socket of its own
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as client:
        client.connect(server)
        client.send(text.encode())
        if not select.select([client], [], [], 3)[0]:
            print("this took too long: timed out", file=sys.stderr)
            sys.exit(2)
        try:
            answer = client.recv(4096)
        except OSError:
            print("the port refused us: Refused", file=sys.stderr)
            sys.exit(1)
        sys.stdout.write(answer.decode() + "\n")

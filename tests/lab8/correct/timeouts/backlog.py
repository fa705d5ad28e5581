import socket
import sys

host, port, count, seconds = sys.argv[1], int(sys.argv[2]), int(sys.argv[3]), float(sys.argv[4])
kept = []
for number in range(1, count + 1):
    kept.append(socket.socket())
    kept[-1].settimeout(seconds)
    try:
        kept[-1].connect((host, port))
    except TimeoutError:
        print(f"connect: timed out at connection {number}")
        print(f"connected: {number - 1}")
        sys.exit(124)
    print(f"{number} ...")
print(f"connected: {count}")

"""A prompt, answers read as a file, many words."""

import socket
import sys


def main():
    try:
        connection = socket.create_connection((sys.argv[1], sys.argv[2]), timeout=10)
    except OSError:
        sys.exit("Sorry, there is no server at this address.")
    stream = connection.makefile("rb")
    print("=== timestamp client ===")
    while True:
        try:
            text = input("say> ")
        except EOFError:
            print()
            break
        try:
            connection.sendall(text.encode("utf-8"))
            connection.sendall(b"\n")
            answer = stream.readline()
        except OSError as error:
            sys.exit(f"Lost the server ({error}).")
        if not answer.endswith(b"\n"):
            sys.exit("The server hung up.")
        print("answer>", answer.decode("utf-8").rstrip("\n"))
    connection.close()
    print("=== bye ===")


main()

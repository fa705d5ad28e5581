"""Programs that attack the host they run on, for test_grader_hosts.py."""

# Each prints "ready" when it has done its worst, and goes on with it.
ATTACKS = {
    "fork bomb": """
import os
while True:
    try:
        os.fork()
    except OSError:
        print("ready", flush=True)
""",
    "children that end at once": """
import os, signal
signal.signal(signal.SIGCHLD, signal.SIG_IGN)
print("ready", flush=True)
while True:
    try:
        if os.fork() == 0:
            os._exit(0)
    except OSError:
        pass
""",
    "daemon that never has the same number twice": """
import os
print("ready", flush=True)
while True:
    if os.fork():
        os._exit(0)
    os.setsid()
""",
    "daemon that prints without end": """
import os
if os.fork() == 0:
    while True:
        os.write(1, b"ready" * 1000)
os.write(1, b"ready")
""",
    "memory": """
import os
if os.fork() == 0:
    kept = []
    while True:
        kept.append(bytearray(b"x" * 1000000))
os.wait()
print("ready", flush=True)
while True:
    pass
""",
    "memory of the kernel": """
import ctypes, os, signal
libc = ctypes.CDLL(None)
libc.shmat.restype = ctypes.c_void_p
if os.fork() == 0:
    while True:
        kept = libc.shmat(libc.shmget(0, 32 << 20, 0o1600), None, 0)
        ctypes.memset(kept, 1, 32 << 20)
os.wait()
print("ready", flush=True)
while libc.msgget(0, 0o1600) >= 0 or libc.semget(0, 30, 0o1600) >= 0:
    pass
signal.pause()
""",
    "full disks": """
import signal
for folder in ("/lab", "/tmp", "/home/student", "/dev/shm"):
    try:
        for number in range(1000000):
            with open(f"{folder}/{number}", "wb") as file:
                file.write(b"x" * (20 << 20 if number < 9 else 0))
    except OSError:
        pass
print("ready", flush=True)
signal.pause()
""",
    "folders too deep for a path": """
import os, signal
os.chdir("/tmp")
try:
    while True:
        os.mkdir("d" * 50)
        os.chdir("d" * 50)
except OSError:
    print("ready", flush=True)
signal.pause()
""",
    "closed folders, odd names": """
import os, signal
os.makedirs("/lab/a/b/c")
os.mkfifo("/tmp/fifo")
os.symlink("/etc", "/lab/etc")
for name in ("/tmp/\\n-rf \\x1b[2J", "/lab/a/b/c/file", "/home/student/.profile"):
    open(name, "w").close()
for folder in ("/lab/a/b/c", "/lab/a/b", "/lab/a", "/lab", "/home/student"):
    os.chmod(folder, 0)
print("ready", flush=True)
signal.pause()
""",
    "every file descriptor": """
import os, signal
os.fork(), os.fork(), os.fork()
kept = []
try:
    while True:
        kept.append(open("/dev/null"))
except OSError:
    os.write(1, b"ready")
signal.pause()
""",
    "thousands of sockets": """
import os, signal, socket
os.fork(), os.fork(), os.fork(), os.fork()
kept = []
try:
    while True:
        kept.append(socket.create_server(("0.0.0.0", 0)))
except OSError:
    os.write(1, b"ready")
signal.pause()
""",
    "every thread": """
import threading, time
try:
    while True:
        threading.Thread(target=time.sleep, args=[1000]).start()
except RuntimeError:
    print("ready", flush=True)
""",
    "output without end": """
import os
while True:
    os.write(1, b"ready" * 10000)
    os.write(2, b"ready" * 10000)
""",
    "output byte by byte": """
import os
os.write(1, b"ready")
os.fork(), os.fork()
while True:
    os.write(1, b"y")
""",
    "every signal ignored": """
import signal
for number in signal.valid_signals() - {signal.SIGKILL, signal.SIGSTOP}:
    signal.signal(number, signal.SIG_IGN)
print("ready", flush=True)
while True:
    signal.pause()
""",
    "stops every other process": """
import os, signal
os.fork()
print("ready", flush=True)
while True:
    try:
        os.kill(-1, signal.SIGSTOP)
    except OSError:
        pass
""",
    "kills every other process": """
import os, signal
print("ready", flush=True)
while True:
    try:
        os.kill(-1, signal.SIGKILL)
    except OSError:
        pass
""",
    "traced and stopped": """
import ctypes, os, signal
if os.fork() == 0:
    ctypes.CDLL(None).ptrace(0, 0, 0, 0)
    os.kill(os.getpid(), signal.SIGSTOP)
print("ready", flush=True)
signal.pause()
""",
    "closes all it was given": """
import os, signal
os.write(1, b"ready")
os.closerange(0, 1024)
signal.pause()
""",
    "every processor": """
import os
for _ in range(5):
    os.fork()
os.write(1, b"ready")
while True:
    pass
""",
    "floods the network": """
import os, socket
flood = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
os.write(1, b"ready")
os.fork(), os.fork()
while True:
    try:
        flood.sendto(b"x" * 1000, ("client", 9))
    except OSError:
        pass
""",
}

# Prints what of all this a program can do; nothing is right.
REACHES = """
import ctypes, os, resource, signal, sys
libc = ctypes.CDLL(None, use_errno=True)
PTRACE_SEIZE = 0x4206
def works(attempt):
    try:
        return attempt()
    except (OSError, ValueError):
        return None
attempts = {
    "kill": lambda: os.kill(1, 9) or True,
    "stop": lambda: os.kill(1, 19) or True,
    "trace": lambda: libc.ptrace(PTRACE_SEIZE, 1, 0, 0) == 0,
    "stdin": lambda: open("/proc/1/fd/0", "rb"),
    "stdout": lambda: open("/proc/1/fd/1", "wb"),
    "memory": lambda: open("/proc/1/mem", "rb"),
    "environment": lambda: open("/proc/1/environ", "rb"),
    "root": lambda: os.listdir("/proc/1/root"),
    "nice": lambda: os.nice(-20),
    "limit": lambda: resource.setrlimit(resource.RLIMIT_NPROC, (9999, 9999)) or True,
    "user": lambda: os.setuid(0) or True,
    "group": lambda: os.setgid(0) or True,
    "observer": lambda: os.setuid(os.getuid() + 1) or True,
    "namespace": lambda: libc.unshare(0x10000000) == 0,
    "packets": lambda: __import__("socket").socket(17, 3, 3),
    "image": lambda: open("/usr/bin/new", "w"),
    "etc": lambda: open("/etc/hosts", "a"),
    "queue": lambda: libc.mq_open(b"/queue", 0o102, 0o600, None) >= 0,
}
print([name for name, attempt in attempts.items() if works(attempt)])
"""

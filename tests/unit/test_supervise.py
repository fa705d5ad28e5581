"""The program of a lab's server ends with its container, whenever that is asked for."""

import subprocess
import sys
from pathlib import Path

PROGRAM = Path(__file__).parents[2] / "images/host/supervise.py"
# SIGTERM while the child is asked after, which subprocess does under a lock.
WHILE_ASKING = """
import importlib.util, os, signal, sys
spec = importlib.util.spec_from_file_location("supervise", sys.argv[1])
supervise = importlib.util.module_from_spec(spec)
spec.loader.exec_module(supervise)
supervise.PYTHON, supervise.SAMPLER = sys.executable, "true"
ask = os.waitpid
def interrupted(pid, options):
    os.waitpid = ask
    os.kill(os.getpid(), signal.SIGTERM)
    return ask(pid, options)
os.waitpid = interrupted
sys.argv[1:] = ["server.py"]
supervise.main()
"""


def test_a_signal_at_a_bad_moment_ends_it(tmp_path: Path) -> None:
    (tmp_path / "server.py").write_text("import time\ntime.sleep(60)\n")
    done = subprocess.run(
        [sys.executable, "-c", WHILE_ASKING, PROGRAM],
        cwd=tmp_path,
        timeout=10,
        check=False,
        capture_output=True,
        text=True,
    )
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout == "[lab] running: python3 server.py\n"

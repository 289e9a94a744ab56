"""Commands and what they cost."""

import dataclasses
import json
import pathlib
import subprocess
import sys


class Failed(Exception):
    """A command that did not do what it was started for; the message says why."""


class TimedOut(Failed):
    """A command that took too long."""


@dataclasses.dataclass
class Cost:
    """Seconds, and bytes of memory."""

    wall: float
    cpu: float
    peak: int = 0


class Meter:
    """The process that measures commands."""

    def __init__(self, folder):
        self.log = folder / "meter.log"
        script = pathlib.Path(__file__).with_name("meter.py")
        self.process = subprocess.Popen(
            [sys.executable, "-I", "-S", str(script)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )

    def close(self):
        self.process.stdin.close()
        try:
            self.process.wait(1)
        except subprocess.TimeoutExpired:
            # Something interrupted a measurement: the command ends with the meter.
            self.process.terminate()
            self.process.wait()

    def request(self, command, out, limit, watch):
        request = {
            "command": [str(part) for part in command],
            "out": str(out),
            "log": str(self.log),
            "limit": limit,
            "watch": watch,
        }
        print(json.dumps(request), file=self.process.stdin, flush=True)
        return json.loads(self.process.stdout.readline())

    def measure(self, command, limit, out="/dev/null"):
        """Runs a command to its end; its standard output goes to the file."""
        answer = self.request(command, out, limit, False)
        if answer["timed_out"]:
            raise TimedOut(f"over {limit:g} s")
        if answer["status"] != 0:
            raise Failed(self.last_words() or f"exit status {answer['status']}")
        return Cost(answer["wall"], answer["cpu"], answer["peak"])

    def watch(self, command, limit):
        """Seconds to the first row (or None), and peak of anonymous memory in bytes."""
        answer = self.request(command, "/dev/null", limit, True)
        return answer["first_row"], answer["anonymous"]

    def errors(self):
        """What the last command wrote to its standard error."""
        return self.log.read_text(errors="replace")

    def last_words(self):
        lines = [line for line in self.errors().splitlines() if line.strip()]
        return lines[-1][:200] if lines else ""


def bytes_of(folder):
    """Bytes that the files of a folder take on disk."""
    files = (path for path in pathlib.Path(folder).rglob("*") if path.is_file())
    return sum(path.stat().st_blocks * 512 for path in files)

"""rdflib, from PyPI: in memory, one process that loads and answers."""

import json
import pathlib
import select
import subprocess

from harness import python
from harness.command import Cost, Failed, TimedOut

VERSION = "7.6.0"


class Rdflib:
    name = "rdflib"
    clock = "its own clock, in one warm process"
    program = None
    # More would take a machine's memory and an hour.
    largest = 1_000_000

    def __init__(self, setting):
        self.setting = setting
        self.process = None

    def prepare(self):
        self.python = python.install(self.setting.work, f"rdflib=={VERSION}", "python")
        return f"rdflib {VERSION} from PyPI, its store in memory"

    def load(self, graph, folder):
        folder.mkdir(parents=True, exist_ok=True)
        self.start(graph)
        return [("load", self.loaded)]

    def open(self, graph, folder):
        if self.process is None:
            self.start(graph)

    def start(self, graph):
        self.graph = graph
        script = pathlib.Path(__file__).with_name("rdflib_server.py")
        # Without `-I`, Python would find this folder's rdflib.py first.
        command = [str(self.python), "-I", str(script), str(graph.all)]
        self.process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        self.loaded = Cost(**self.read(self.setting.load_limit))

    def ask(self, query, answer, limit):
        if self.process is None:
            self.start(self.graph)
        request = {"query": str(query), "answer": str(answer), "limit": limit}
        print(json.dumps(request), file=self.process.stdin, flush=True)
        said = self.read(limit + 30)
        if said.get("timed_out"):
            raise TimedOut(f"over {limit:g} s")
        if "error" in said:
            raise Failed(said["error"])
        return Cost(**said)

    def read(self, limit):
        """The next line that the process says."""
        ready, _, _ = select.select([self.process.stdout], [], [], limit)
        line = self.process.stdout.readline() if ready else ""
        if not line:
            self.close()
            raise TimedOut(f"over {limit:g} s") if not ready else Failed("rdflib ended")
        return json.loads(line)

    def close(self):
        if self.process is not None:
            self.process.kill()
            self.process.wait()
            self.process = None

    def bytes(self, folder):
        return 0

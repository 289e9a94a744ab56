"""The index of this repository."""

import json
import os
import subprocess

from harness.command import Failed, bytes_of

# What loads N-Quads into a folder, and what answers a query with CSV or TSV on its standard output.
LOAD = ["{program}", "load", "{nquads}", "{folder}"]
QUERY = ["{program}", "query", "{folder}", "{query}"]

BUILD = ["cargo", "build", "--release", "-p", "civigraph-sparql", "--example", "index"]


def fill(template, **values):
    return [part.format(**values) for part in template]


class Civigraph:
    name = "civigraph"
    clock = "whole process"
    largest = None

    def __init__(self, setting):
        self.setting = setting
        self.program = setting.program

    def prepare(self):
        """Builds the program unless one was named; returns what it is."""
        if self.program is None:
            subprocess.run(BUILD, cwd=self.setting.root, check=True)
            command = ["cargo", "metadata", "--format-version", "1", "--no-deps"]
            metadata = subprocess.run(command, cwd=self.setting.root, check=True, capture_output=True)
            target = json.loads(metadata.stdout)["target_directory"]
            self.program = os.path.join(target, "release/examples/index")
        if not os.access(self.program, os.X_OK):
            raise Failed(f"`{self.program}` is not a program")
        return "as built from this repository"

    def load(self, graph, folder):
        command = fill(LOAD, program=self.program, nquads=graph.all, folder=folder)
        return [("load", self.setting.meter.measure(command, self.setting.load_limit))]

    def open(self, graph, folder):
        self.folder = folder

    def command(self, query):
        return fill(QUERY, program=self.program, folder=self.folder, query=query)

    def ask(self, query, answer, limit):
        return self.setting.meter.measure(self.command(query), limit, answer)

    def watch(self, query, limit):
        return self.setting.meter.watch(self.command(query), limit)

    def close(self):
        pass

    def bytes(self, folder):
        return bytes_of(folder)

"""Oxigraph's command line, with its RocksDB, from PyPI."""

from harness import python
from harness.command import bytes_of

VERSION = "0.5.13"


class Oxigraph:
    name = "oxigraph"
    clock = "whole process"
    largest = None

    def __init__(self, setting):
        self.setting = setting
        self.program = None

    def prepare(self):
        self.program = python.install(self.setting.work, f"oxigraph=={VERSION}", "oxigraph")
        return f"oxigraph {VERSION} from PyPI"

    def load(self, graph, folder):
        meter, limit = self.setting.meter, self.setting.load_limit
        place = ["--location", folder]
        load = [self.program, "load", *place, "--file", graph.all]
        loaded = meter.measure(load, limit)
        optimized = meter.measure([self.program, "optimize", *place], limit)
        return [("load", loaded), ("optimize", optimized)]

    def open(self, graph, folder):
        self.folder = folder

    def command(self, query):
        place = ["--location", self.folder, "--query-file", query]
        return [self.program, "query", *place, "--results-format", "csv"]

    def ask(self, query, answer, limit):
        return self.setting.meter.measure(self.command(query), limit, answer)

    def watch(self, query, limit):
        return self.setting.meter.watch(self.command(query), limit)

    def close(self):
        pass

    def bytes(self, folder):
        return bytes_of(folder)

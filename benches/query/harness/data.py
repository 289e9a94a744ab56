"""The generated graph."""

import subprocess


class Graph:
    """Files of a graph of so many quads."""

    def __init__(self, folder, quads):
        self.folder = folder
        self.quads = quads
        self.all = folder / "all.nq"
        self.default = folder / "default.nt"
        self.named = folder / "named.nq"
        self.done = folder / "done"


def compile_generator(bench, work):
    """Compiles the generator, which depends on nothing."""
    program = work / "generate"
    source = bench / "main.rs"
    newest = max(path.stat().st_mtime for path in bench.glob("*.rs"))
    if not program.exists() or program.stat().st_mtime < newest:
        command = ["rustc", "--edition", "2024", "-O", str(source), "-o", str(program)]
        subprocess.run(command, check=True)
    return program


def generate(program, work, quads):
    """Writes the graph, unless this generator wrote it before; returns it and what the generator says of it."""
    graph = Graph(work / str(quads) / "data", quads)
    done = graph.done
    if not done.exists() or done.stat().st_mtime < program.stat().st_mtime:
        graph.folder.mkdir(parents=True, exist_ok=True)
        command = [str(program), "generate", str(quads), str(graph.folder)]
        text = subprocess.run(command, check=True, capture_output=True, text=True).stdout
        done.write_text(text)
    return graph, done.read_text().strip()

"""Virtuoso, from Debian's `virtuoso-opensource`: a server of our own on loopback, asked while it is warm."""

import http.client
import os
import shutil
import socket
import subprocess
import time
import urllib.parse

from harness.command import Cost, Failed, TimedOut, bytes_of

DEFAULT_GRAPH = "urn:civigraph:default"
NAMED_GRAPHS = [
    f"https://w3id.org/civigraph/graph/{name}"
    for name in ("claims", "register", "sources", "vocabulary")
]
# 8 KiB each: 2 GB, enough for all pages of 10 million quads.
BUFFERS = 250_000

# Nothing limits how long a query runs or how many rows it gives. The vector size is that of Virtuoso's
# sample for this much memory, as Debian ships it.
SETTINGS = """\
[Database]
DatabaseFile = {folder}/virtuoso.db
ErrorLogFile = {folder}/virtuoso.log
LockFile = {folder}/virtuoso.lck
TransactionFile = {folder}/virtuoso.trx
xa_persistent_file = {folder}/virtuoso.pxa
ErrorLogLevel = 7
FileExtend = 200
MaxCheckpointRemap = 2000
TempStorage = TempDatabase

[TempDatabase]
DatabaseFile = {folder}/virtuoso-temp.db
TransactionFile = {folder}/virtuoso-temp.trx
MaxCheckpointRemap = 2000

[Parameters]
ServerPort = 127.0.0.1:{sql}
DisableUnixSocket = 1
CheckpointInterval = 0
DirsAllowed = {data}, {folder}
NumberOfBuffers = {buffers}
MaxDirtyBuffers = {dirty}
MaxQueryMem = 4G
ThreadsPerQuery = 2
AsyncQueueMaxThreads = 10

[HTTPServer]
ServerPort = 127.0.0.1:{http}
ServerRoot = {folder}
ServerThreads = 5
MaxKeepAlives = 5
KeepAliveTimeout = 600

[Client]
SQL_QUERY_TIMEOUT = 0
SQL_TXN_TIMEOUT = 0

[SPARQL]
MaxQueryCostEstimationTime = 100000
"""

LOAD = """\
ld_dir('{data}', 'default.nt', '{default}');
ld_dir('{data}', 'named.nq', '{default}');
rdf_loader_run();
checkpoint;
select concat('failed files: ', cast(count(*) as varchar)) from DB.DBA.load_list where ll_error is not null;
"""


class Virtuoso:
    name = "virtuoso"
    clock = "warm server, until the answer is read"
    program = None
    largest = None

    def __init__(self, setting):
        self.setting = setting
        self.server = None

    def prepare(self):
        missing = [name for name in ("virtuoso-t", "isql-vt") if shutil.which(name) is None]
        if missing:
            raise Failed("not installed (Debian: virtuoso-opensource-7-bin)")
        text = subprocess.run(["virtuoso-t", "-?"], capture_output=True, text=True)
        lines = (text.stdout + text.stderr).splitlines()
        version = next((line.split()[1] for line in lines if line.startswith("Version")), "")
        return f"Virtuoso {version} of Debian's virtuoso-opensource"

    def load(self, graph, folder):
        folder.mkdir(parents=True, exist_ok=True)
        self.start(graph, folder)
        try:
            cpu, begin = self.cpu(), time.perf_counter()
            script = LOAD.format(data=graph.folder, default=DEFAULT_GRAPH)
            said = self.isql(script, self.setting.load_limit)
            cost = Cost(time.perf_counter() - begin, self.cpu() - cpu, self.peak())
            if "failed files: 0" not in said:
                raise Failed("a file was not loaded: " + said.strip()[-200:])
            return [("load", cost)]
        finally:
            self.close()

    def open(self, graph, folder):
        self.start(graph, folder)

    def ask(self, query, answer, limit):
        if self.server is None:
            self.start(*self.opened)
        graphs = [("default-graph-uri", DEFAULT_GRAPH)]
        graphs += [("named-graph-uri", name) for name in NAMED_GRAPHS]
        form = [*graphs, ("query", query.read_text()), ("format", "text/csv")]
        body = urllib.parse.urlencode(form)
        headers = {"Content-Type": "application/x-www-form-urlencoded"}
        connection = http.client.HTTPConnection("127.0.0.1", self.http, timeout=limit)
        try:
            connection.connect()
            cpu, begin = self.cpu(), time.perf_counter()
            connection.request("POST", "/sparql", body, headers)
            response = connection.getresponse()
            data = response.read()
            cost = Cost(time.perf_counter() - begin, self.cpu() - cpu, self.peak())
        except TimeoutError:
            # It would go on with the query.
            self.close()
            raise TimedOut(f"over {limit:g} s") from None
        except (OSError, http.client.HTTPException) as error:
            self.close()
            raise Failed(f"the server failed: {error}") from None
        finally:
            connection.close()
        if response.status != 200:
            raise Failed(data.decode(errors="replace").strip().splitlines()[0][:200])
        answer.write_bytes(data)
        return cost

    def start(self, graph, folder):
        """Starts a server on free ports of loopback and waits until it answers."""
        self.opened = graph, folder
        self.sql, self.http = free_port(), free_port()
        settings = SETTINGS.format(
            folder=folder,
            data=graph.folder,
            sql=self.sql,
            http=self.http,
            buffers=BUFFERS,
            dirty=BUFFERS * 3 // 4,
        )
        (folder / "virtuoso.ini").write_text(settings)
        (folder / "virtuoso.lck").unlink(missing_ok=True)
        command = ["virtuoso-t", "+foreground", "+configfile", str(folder / "virtuoso.ini")]
        log = open(folder / "server.log", "w")
        self.server = subprocess.Popen(command, cwd=folder, stdout=log, stderr=log)
        log.close()
        for _ in range(600):
            if self.server.poll() is not None:
                break
            try:
                socket.create_connection(("127.0.0.1", self.http), 1).close()
                return
            except OSError:
                time.sleep(0.1)
        self.close()
        raise Failed("the server did not start: " + (folder / "virtuoso.log").read_text()[-200:])

    def isql(self, script, limit):
        command = ["isql-vt", f"127.0.0.1:{self.sql}", "dba", "dba", "VERBOSE=OFF"]
        done = subprocess.run(command, input=script, capture_output=True, text=True, timeout=limit)
        if done.returncode != 0 or "*** Error" in done.stderr + done.stdout:
            raise Failed((done.stderr + done.stdout).strip()[-200:])
        return done.stdout

    def cpu(self):
        """CPU seconds of the server so far: Linux's clock of a process, by the number of the process."""
        return time.clock_gettime((~self.server.pid << 3) | 2)

    def peak(self):
        with open(f"/proc/{self.server.pid}/status") as status:
            return next((int(line.split()[1]) * 1024 for line in status if line.startswith("VmHWM")), 0)

    def close(self):
        if self.server is None:
            return
        self.server.terminate()
        try:
            self.server.wait(60)
        except subprocess.TimeoutExpired:
            self.server.kill()
            self.server.wait()
        self.server = None

    def bytes(self, folder):
        return bytes_of(folder)


def free_port():
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return listener.getsockname()[1]

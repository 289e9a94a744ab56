"""Jena TDB2, from Debian's `libapache-jena-java`."""

import pathlib
import re
import shutil
import zipfile

from harness.command import Cost, Failed, bytes_of

JARS = pathlib.Path("/usr/share/java")
NEEDED = """
jena-arq jena-base jena-cmds jena-core jena-dboe-base jena-dboe-index jena-dboe-storage jena-dboe-trans-data
jena-dboe-transaction jena-iri jena-rdfconnection jena-shacl jena-shex jena-tdb jena-tdb2 commons-cli commons-codec
commons-compress commons-csv commons-io commons-lang3 dexx.collection gson guava protobuf thrift jackson-core
jackson-databind jackson-annotations jakarta.json-api titanium-json-ld jsonld-java slf4j-api slf4j-nop jcl-over-slf4j
log4j-over-slf4j httpclient httpcore
"""
# Debian moved the classes of Xerces within the JAR, but not the messages that they look for.
MOVED = "org/apache/jena/ext/"


class Jena:
    name = "jena"
    clock = "its own clock; CPU with the start of the JVM"
    program = None
    largest = None

    def __init__(self, setting):
        self.setting = setting

    def prepare(self):
        core = JARS / "jena-core.jar"
        if not core.exists() or shutil.which("java") is None:
            raise Failed("not installed (Debian: libapache-jena-java)")
        messages = self.setting.work / "jena"
        with zipfile.ZipFile(core) as jar:
            for name in jar.namelist():
                if name.startswith(MOVED) and name.endswith(".properties"):
                    path = messages / name.removeprefix(MOVED)
                    path.parent.mkdir(parents=True, exist_ok=True)
                    path.write_bytes(jar.read(name))
        paths = [str(messages), *(str(JARS / f"{name}.jar") for name in NEEDED.split())]
        self.java = ["java", "-Xmx4g", "-cp", ":".join(paths)]
        return "Apache Jena TDB2 of Debian's libapache-jena-java"

    def load(self, graph, folder):
        command = [*self.java, "tdb2.tdbloader", "--loc", folder, graph.all]
        return [("load", self.setting.meter.measure(command, self.setting.load_limit))]

    def open(self, graph, folder):
        self.folder = folder

    def ask(self, query, answer, limit):
        command = [*self.java, "tdb2.tdbquery", "--loc", self.folder, "--query", query]
        meter = self.setting.meter
        cost = meter.measure([*command, "--results", "csv", "--time"], limit, answer)
        own = re.search(r"^Time: ([0-9.,]+) sec", meter.errors(), re.MULTILINE)
        if own is None:
            raise Failed(meter.last_words())
        return Cost(float(own[1].replace(",", "")), cost.cpu, cost.peak)

    def close(self):
        pass

    def bytes(self, folder):
        return bytes_of(folder)

"""Runs the queries on the engines, one engine after the other."""

import dataclasses
import pathlib
import shutil
import subprocess
import sys
import time

from harness import answers
from harness.command import Failed, TimedOut

# A query is asked again until it has run so often, or for so many seconds in all.
ENOUGH = 20.0


def say(text):
    print(text, file=sys.stderr, flush=True)


def engine_at(setting, engine, graph, queries, results):
    """Loads the graph into the engine, unless it is loaded, and asks all queries."""
    if engine.largest is not None and graph.quads > engine.largest:
        results.engines[engine.name] = {"missing": f"measured up to {engine.largest:,} quads"}
        return
    folder = setting.work / str(graph.quads) / engine.name
    entry = results.engines.setdefault(engine.name, {})
    try:
        prepare(setting, engine, graph, folder, entry)
        measured = entry.setdefault("queries", {})
        for query in queries:
            measured[query.name] = answer(setting, engine, query, folder / "answer")
            say(f"{engine.name} {query.name}: {brief(measured[query.name])}")
            results.save()
    except (Failed, OSError, subprocess.SubprocessError) as error:
        entry["missing"] = " ".join(str(error).split())
        say(f"{engine.name}: {error}")
        results.save()
    finally:
        engine.close()


def prepare(setting, engine, graph, folder, entry):
    """Opens the engine with the graph in it."""
    entry["about"], entry["clock"] = engine.prepare(), engine.clock
    entry["measured"] = time.strftime("%Y-%m-%d %H:%M")
    entry.pop("missing", None)
    if setting.reload or not is_loaded(folder / "loaded", engine, graph):
        say(f"{engine.name}: loading {graph.quads:,} quads")
        shutil.rmtree(folder, ignore_errors=True)
        folder.mkdir(parents=True)
        store = folder / "store"
        steps = engine.load(graph, store)
        entry["load"] = [{"step": step, **dataclasses.asdict(cost)} for step, cost in steps]
        entry["bytes"] = engine.bytes(store)
        (folder / "loaded").touch()
    engine.open(graph, folder / "store")


def is_loaded(marker, engine, graph):
    """Whether this graph was loaded by this program."""
    if not marker.exists():
        return False
    made = [graph.done.stat().st_mtime]
    if engine.program is not None:
        made.append(pathlib.Path(engine.program).stat().st_mtime)
    return marker.stat().st_mtime > max(made)


def answer(setting, engine, query, path):
    """The cheapest of some runs of a query; all runs have to give the same answer."""
    costs, digests = [], set()
    limit = setting.limit
    try:
        while len(costs) < setting.runs and sum(cost.wall for cost in costs) < ENOUGH:
            costs.append(engine.ask(query.path, path, limit))
            rows, digest, order = answers.digest(path)
            digests.add((rows, digest))
    except TimedOut as error:
        if not costs:
            return {"error": str(error), "limit": limit}
    except (Failed, OSError, ValueError) as error:
        return {"error": str(error)}
    if len(digests) > 1:
        return {"error": "runs gave different answers"}
    result = {
        "wall": min(cost.wall for cost in costs),
        "cpu": min(cost.cpu for cost in costs),
        "peak": max(cost.peak for cost in costs),
        "runs": len(costs),
        "rows": rows,
        "hash": digest,
        "order": order if query.ordered else None,
    }
    if hasattr(engine, "watch"):
        result["first_row"], result["anonymous"] = engine.watch(query.path, limit)
    return result


def brief(result):
    if "error" in result:
        return result["error"]
    return f"{result['rows']} rows, {result['wall'] * 1000:.1f} ms, {result['cpu'] * 1000:.1f} ms of CPU"

"""The results as Markdown."""

import collections
import statistics


class Report:
    """The tables for one size; ratios are to the base engine, above 1 where that is faster."""

    def __init__(self, results, queries, quads, base):
        self.quads = quads
        self.queries = queries
        self.all = results.engines
        self.engines = {name: e for name, e in self.all.items() if "missing" not in e}
        if base not in self.engines and self.engines:
            base = next(iter(self.engines))
        self.base = base
        self.others = [name for name in self.engines if name != base]

    def result(self, engine, query):
        found = self.engines[engine].get("queries", {}).get(query.name)
        return found if found is not None else {"error": None}

    def measured(self, engine, query):
        """The result if there is one, and the limit as its time if the query took too long."""
        found = self.result(engine, query)
        if "limit" in found:
            return {"wall": found["limit"], "cpu": found["limit"]}
        return None if "error" in found else found

    def ratio(self, engine, query, what):
        ours, theirs = self.measured(self.base, query), self.measured(engine, query)
        if ours is None or theirs is None or "rows" not in ours:
            return None
        return theirs[what] / max(ours[what], 1e-5)

    def least(self, query):
        """How much slower the best of the others is."""
        found = [self.ratio(engine, query, "wall") for engine in self.others]
        return min((ratio for ratio in found if ratio is not None), default=float("inf"))

    def lines(self):
        yield f"## {self.quads:,} quads"
        yield ""
        for name, engine in self.all.items():
            if "missing" in engine:
                yield f"- {name}: not measured: {engine['missing']}"
            else:
                yield f"- {name}: {engine['about']}; wall time: {engine['clock']}; measured {engine['measured']}"
        yield ""
        if self.engines:
            for part in (self.loading, self.table, self.ratios, self.own, self.differences):
                yield from part()
                yield ""

    def loading(self):
        yield "| loading | wall s | CPU s | peak MB | MB on disk | bytes a quad |"
        yield "|---|---:|---:|---:|---:|---:|"
        for name, engine in self.engines.items():
            for number, step in enumerate(engine.get("load", [])):
                label = name if number == 0 else f"{name}, {step['step']}"
                row = [label, f"{step['wall']:.1f}", f"{step['cpu']:.1f}", f"{step['peak'] / 1e6:.0f}"]
                size = engine["bytes"]
                last = number == len(engine["load"]) - 1 and size
                row += [f"{size / 1e6:.0f}", f"{size / self.quads:.1f}"] if last else ["", ""]
                yield "| " + " | ".join(row) + " |"

    def table(self):
        """All queries, those first in which the base engine is least ahead."""
        yield "Milliseconds of wall time, and of CPU time in brackets: the least of the runs."
        yield ""
        columns = [self.base, *self.others]
        yield "| query | rows | " + " | ".join(columns) + " | fastest | ahead of the next |"
        yield "|---|---:|" + "---:|" * len(columns) + "---|---:|"
        for query in sorted(self.queries, key=self.least):
            times = {}
            cells = []
            for engine in columns:
                result = self.result(engine, query)
                if "error" in result:
                    limit = f"> {result['limit'] * 1000:.0f}" if "limit" in result else "error"
                    cells.append("" if result["error"] is None else limit)
                else:
                    times[engine] = result["wall"]
                    cells.append(f"{ms(result['wall'])} ({ms(result['cpu'])})")
            rows = next((str(r["rows"]) for e in columns if "rows" in (r := self.result(e, query))), "")
            best, lead = fastest(times)
            yield f"| {query.name} | {rows} | " + " | ".join(cells) + f" | {best} | {lead} |"

    def ratios(self):
        yield f"Times as long as {self.base} (above 1: {self.base} is faster)."
        yield ""
        yield "| | queries | median, wall | median, CPU | least, wall | least, CPU | slower than it, wall | CPU |"
        yield "|---|---:|---:|---:|---:|---:|---:|---:|"
        for engine in self.others:
            row = {}
            for what in ("wall", "cpu"):
                found = (self.ratio(engine, query, what) for query in self.queries)
                row[what] = [ratio for ratio in found if ratio is not None]
            wall, cpu = row["wall"], row["cpu"]
            if wall:
                cells = [engine, str(len(wall))]
                cells += [f"{statistics.median(wall):.2f}", f"{statistics.median(cpu):.2f}"]
                cells += [f"{min(wall):.2f}", f"{min(cpu):.2f}"]
                cells += [str(sum(ratio < 1 for ratio in one)) for one in (wall, cpu)]
                yield "| " + " | ".join(cells) + " |"

    def own(self):
        """First rows and memory of the base engine."""
        found = [(query, self.result(self.base, query)) for query in self.queries]
        found = [(query, result) for query, result in found if "first_row" in result]
        if not found:
            return
        yield f"{self.base} from start to first row, and its peaks of memory (anonymous: without mapped files)."
        yield ""
        yield "| query | first row, ms | anonymous MB | resident MB |"
        yield "|---|---:|---:|---:|"
        for query, result in found:
            first = ms(result["first_row"]) if result["first_row"] is not None else "no row"
            memory = f"{result['anonymous'] / 1e6:.0f} | {result['peak'] / 1e6:.0f}"
            yield f"| {query.name} | {first} | {memory} |"

    def differences(self):
        """Answers that are not what most engines say, and queries that failed."""
        said = []
        for query in self.queries:
            results = {engine: self.result(engine, query) for engine in self.engines}
            answers = {e: r for e, r in results.items() if "hash" in r}
            for what in ("hash", "order"):
                said += self.unusual(query, answers, what)
            for engine, result in results.items():
                if result.get("error") is not None:
                    said.append(f"- {query.name}: {engine}: {result['error']}")
        if said:
            yield "Answers that differ, and failures:"
            yield ""
            yield from said
        else:
            yield "All answers agree."

    def unusual(self, query, answers, what):
        """Which engines gave other rows than most (`hash`), or the same ones in another order."""
        counts = collections.Counter(answer["hash"] for answer in answers.values())
        if not counts:
            return
        usual = counts.most_common(1)[0][0]
        rows = next(answer["rows"] for answer in answers.values() if answer["hash"] == usual)
        same = {engine: answer for engine, answer in answers.items() if answer["hash"] == usual}
        if what == "hash":
            for engine in answers.keys() - same.keys():
                yield f"- {query.name}: {engine} differs from most: {answers[engine]['rows']} rows, they {rows}"
            return
        order = collections.Counter(answer["order"] for answer in same.values()).most_common(1)[0][0]
        for engine, answer in same.items():
            if answer["order"] != order:
                yield f"- {query.name}: {engine} gives the same rows in another order"


def growth(small, large):
    """How queries that read as much at any size grow with the graph."""
    queries = [query for query in large.queries if "constant" in query.tags]
    factor = large.quads / small.quads
    yield f"## Queries that read as many entries in a graph {factor:g} times as large"
    yield ""
    engines = [name for name in large.engines if name in small.engines]
    yield "| query | " + " | ".join(f"{name}, wall | CPU" for name in engines) + " |"
    yield "|---|" + "---:|---:|" * len(engines)
    for query in queries:
        cells = []
        for engine in engines:
            before, after = small.result(engine, query), large.result(engine, query)
            for what in ("wall", "cpu"):
                ratio = f"{after[what] / before[what]:.2f}" if what in before and what in after else ""
                cells.append(ratio)
        yield f"| {query.name} | " + " | ".join(cells) + " |"
    yield ""


def fastest(times):
    """The engine with the least time, and by how much it is ahead."""
    if not times:
        return "", ""
    order = sorted(times, key=times.get)
    if len(order) == 1:
        return order[0], ""
    return order[0], f"{times[order[1]] / max(times[order[0]], 1e-5):.1f}"


def ms(seconds):
    value = seconds * 1000
    return f"{value:.0f}" if value >= 100 else f"{value:.1f}"

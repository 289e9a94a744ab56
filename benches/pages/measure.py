"""Asks a running service for names: `measure.py URL PROJECT`. What is asked for are labels of the project, changed."""

import csv
import http.client
import random
import statistics
import sys
import time
from pathlib import Path
from urllib.parse import quote, urlsplit

ROUNDS = 200


def mistyped(word, chance):
    at = chance.randrange(1, len(word) - 1)
    return word[:at] + word[at + 1] + word[at] + word[at + 2:]


def samples(project, chance):
    with open(Path(project) / "data/things.csv", newline="") as file:
        rows = [row for number, row in enumerate(csv.DictReader(file)) if number % 997 == 0]
    for _ in range(ROUNDS):
        row = chance.choice(rows)
        first, second, *_ = row["ru"].split()
        yield {
            "first letters": first[:4],
            "one word": first,
            "two words, Russian": f"{first} {second}",
            "two words, Latin letters": " ".join(row["en"].split()[:2]),
            "two words, other endings": f"{first}а {second}ом",
            "two words, mistyped": f"{mistyped(first, chance)} {second}",
        }


def main(url, project):
    address = urlsplit(url)
    client = http.client.HTTPConnection(address.hostname, address.port)

    def timed(path):
        began = time.perf_counter()
        client.request("GET", path, headers={"Accept": "text/html, application/json;q=0.9"})
        response = client.getresponse()
        body = response.read()
        taken = (time.perf_counter() - began) * 1000
        if response.status != 200:
            raise SystemExit(f"{path}: {response.status}: {body[:200]}")
        return taken, b"/id/thing/" in body

    times, found = {}, {}
    for asked in samples(project, random.Random(2)):
        for what, text in asked.items():
            for page, path in [("search page", f"/search?q={quote(text)}"), ("completion", f"/complete/entities?text={quote(text)}&lang=ru")]:
                taken, has = timed(path)
                times.setdefault((page, what), []).append(taken)
                found[page, what] = found.get((page, what), 0) + has
    print("| answer | asked for | found | p50 ms | p95 ms | p99 ms |\n|---|---|---|---|---|---|")
    for key, all in sorted(times.items()):
        all = statistics.quantiles(all, n=100)
        print(f"| {key[0]} | {key[1]} | {found[key]}/{ROUNDS} | {all[49]:.1f} | {all[94]:.1f} | {all[98]:.1f} |")


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2])

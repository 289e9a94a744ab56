"""Writes a project with labels in Russian and English: `labels.py THINGS FOLDER`. The same number gives the same bytes."""

import csv
import json
import random
import sys
from pathlib import Path

BASE = "https://example.org/"
LETTERS = {"а": "a", "е": "e", "и": "i", "о": "o", "у": "u", "б": "b", "в": "v", "г": "g", "д": "d", "з": "z",
           "к": "k", "л": "l", "м": "m", "н": "n", "п": "p", "р": "r", "с": "s", "т": "t", "ж": "zh", "ч": "ch"}
VOWELS, CONSONANTS = "аеиоу", "бвгдзклмнпрстжч"
KINDS = ["City", "Person", "Organisation", "Event"]


def words(count, chance):
    """Words of two to four syllables, none twice."""
    found = {}
    while len(found) < count:
        syllables = chance.randint(2, 4)
        found["".join(chance.choice(CONSONANTS) + chance.choice(VOWELS) for _ in range(syllables)) + chance.choice("нвкм")] = None
    return list(found)


def latin(text):
    return "".join(LETTERS.get(letter, letter) for letter in text)


def title(word):
    return word[0].upper() + word[1:]


def column(name, **more):
    return {"name": name, "titles": name, **more}


def main(things, folder):
    chance = random.Random(1)
    known = words(30_000, chance)
    folder = Path(folder)
    (folder / "data").mkdir(parents=True, exist_ok=True)
    label = {"propertyUrl": "rdfs:label", "required": True}
    metadata = {
        "@context": "http://www.w3.org/ns/csvw",
        "https://w3id.org/civigraph/csvw#base": BASE,
        "tables": [{"url": "things.csv", "tableSchema": {
            "aboutUrl": BASE + "id/thing/{id}", "primaryKey": "id",
            "columns": [
                column("id", required=True, suppressOutput=True),
                column("kind", propertyUrl="rdf:type", valueUrl=BASE + "ns#{kind}"),
                column("ru", lang="ru", **label),
                column("en", lang="en", **label),
                column("part_of", propertyUrl=BASE + "ns#partOf", valueUrl=BASE + "id/thing/{part_of}"),
            ]}}],
    }
    (folder / "data/csv-metadata.json").write_text(json.dumps(metadata, ensure_ascii=False, indent=1))
    with open(folder / "data/things.csv", "w", newline="") as file:
        table = csv.writer(file, lineterminator="\n")
        table.writerow(["id", "kind", "ru", "en", "part_of"])
        for number in range(things):
            # Few words are in many labels, and many in few.
            name = [known[int(len(known) * chance.random() ** 3)] for _ in range(4)]
            name = " ".join(title(word) for word in name)
            table.writerow([number, KINDS[number % 4], name, latin(name.lower()).title(), number // 10])
    return known


if __name__ == "__main__":
    main(int(sys.argv[1]), sys.argv[2])

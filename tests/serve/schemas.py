"""Holds answers against the JSON schemas of the reconciliation specification.

Arguments: the folder of the suite, the folder of the answers, each named `VERSION SCHEMA.json`.
"""

import json
import sys
from pathlib import Path

from jsonschema import Draft7Validator
from referencing import Registry, Resource
from referencing.jsonschema import DRAFT7


def read(path):
    return json.loads(path.read_text(encoding="utf-8"))


suite, answers = map(Path, sys.argv[1:])
valid = 0
for answer in sorted(answers.iterdir()):
    version, name = answer.stem.split(" ")
    schemas = [read(path) for path in (suite / version / "schemas").glob("*.json")]
    registry = Registry().with_resources(
        (schema["$id"], Resource(contents=schema, specification=DRAFT7)) for schema in schemas
    )
    schema = read(suite / version / "schemas" / f"{name}.json")
    schema["$schema"] = "http://json-schema.org/draft-07/schema#"
    Draft7Validator.check_schema(schema)
    errors = list(Draft7Validator(schema, registry=registry).iter_errors(read(answer)))
    for error in errors:
        print(f"{answer.name}: {error.json_path}: {error.message}", file=sys.stderr)
    if errors:
        sys.exit(1)
    valid += 1
print(f"{valid} answers are valid")

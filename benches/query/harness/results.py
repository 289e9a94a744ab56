"""What was measured, kept in a file from which the report is made."""

import json


class Results:
    """Costs of loading and of queries at one size, by engine.

    Each engine has `about` (what it is), `clock` (what its wall time is), and either `missing` (why it was not
    measured) or `load` (steps with their costs), `bytes` and `queries`. A query has `error`, or `wall`, `cpu`
    (the least of its runs), `peak`, `runs`, `rows`, `hash`, and for some engines `first_row` and `anonymous`.
    """

    def __init__(self, path):
        self.path = path
        self.engines = json.loads(path.read_text()) if path.exists() else {}

    def save(self):
        new = self.path.with_suffix(".new")
        new.write_text(json.dumps(self.engines, indent=1))
        new.replace(self.path)

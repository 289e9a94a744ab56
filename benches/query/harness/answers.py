"""Answers in a form in which those of different engines can be compared."""

import csv
import decimal
import hashlib
import re

NUMBER = re.compile(r"[+-]?(\d+(\.\d*)?|\.\d+)([eE][+-]?\d+)?")
TERM = re.compile(r'<([^>]*)>|"((?:[^"\\]|\\.)*)"(?:@[A-Za-z0-9-]+|\^\^<[^>]*>)?|([^\t]*)')
ESCAPE = re.compile(r"\\(.)")
# Digits that are compared: engines divide decimals to different lengths.
DIGITS = decimal.Context(prec=10)


def digest(path):
    """Number of rows, a hash of the rows in any order, and one of them as they stand."""
    rows = rows_of(path)
    return len(rows), short_hash(sorted(rows)), short_hash(rows)


def short_hash(rows):
    return hashlib.sha256("\n".join(rows).encode()).hexdigest()[:16]


def rows_of(path):
    """The rows of a CSV or TSV file of results, without its header."""
    with open(path, encoding="utf-8", newline="") as file:
        header = file.readline()
        if header.startswith("?"):
            lines = (line.rstrip("\r\n") for line in file)
            return ["\t".join(term(cell) for cell in line.split("\t")) for line in lines]
        return ["\t".join(normal(cell) for cell in row) for row in csv.reader(file) if row]


def term(cell):
    """The value of a term in the syntax of SPARQL TSV, as CSV would have it."""
    iri, string, bare = TERM.fullmatch(cell).groups()
    if string is not None:
        escapes = {"t": "\t", "n": "\n", "r": "\r"}
        return normal(ESCAPE.sub(lambda found: escapes.get(found[1], found[1]), string))
    return normal(iri if iri is not None else bare)


def normal(value):
    """A value without differences in how numbers are written (`1.50`, `1.5`, `15e-1`)."""
    if NUMBER.fullmatch(value):
        number = DIGITS.create_decimal(value)
        return format(number.normalize(DIGITS) if number else decimal.Decimal(0), "f")
    return value.replace("\t", " ").replace("\n", " ")

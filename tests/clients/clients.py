"""Clients from PyPI, used as their documentation shows it. Usage: clients.py TEST URL"""

import sys
import urllib.parse
import urllib.request

COUNT = "PREFIX cg: <https://w3id.org/civigraph/ns#> SELECT (COUNT(*) AS ?n) { ?city a cg:City }"
LABELS = (
    "PREFIX cg: <https://w3id.org/civigraph/ns#> PREFIX skos: <http://www.w3.org/2004/02/skos/core#> "
    'SELECT ?city ?label { ?city a cg:City ; skos:prefLabel ?label FILTER(LANG(?label) = "ru") } ORDER BY ?label'
)
CITIES = 7


def sparqlwrapper(url):
    from SPARQLWrapper import CSV, JSON, POST, POSTDIRECTLY, TURTLE, XML, SPARQLWrapper
    from SPARQLWrapper.SPARQLExceptions import QueryBadFormed

    client = SPARQLWrapper(f"{url}/sparql")
    client.setReturnFormat(JSON)
    client.setQuery(COUNT)
    assert client.query().convert()["results"]["bindings"][0]["n"]["value"] == str(CITIES)
    client.setMethod(POST)
    assert client.query().convert()["results"]["bindings"][0]["n"]["value"] == str(CITIES)
    client.setRequestMethod(POSTDIRECTLY)
    assert client.query().convert()["results"]["bindings"][0]["n"]["value"] == str(CITIES)
    client.setReturnFormat(XML)
    assert len(client.query().convert().getElementsByTagName("binding")) == 1
    client.setReturnFormat(CSV)
    assert client.query().convert().decode().split() == ["n", str(CITIES)]
    client.setQuery("CONSTRUCT { ?s ?p ?o } WHERE { ?s ?p ?o } LIMIT 7")
    client.setReturnFormat(TURTLE)
    import rdflib

    assert len(rdflib.Graph().parse(data=client.query().convert(), format="turtle")) == 7
    client.setQuery("SELECT * {")
    client.setReturnFormat(JSON)
    try:
        client.query()
    except QueryBadFormed:
        pass
    else:
        raise AssertionError("a wrong query was answered")


def rdflib_store(url):
    from rdflib import RDF, Graph, Namespace
    from rdflib.plugins.stores.sparqlstore import SPARQLStore

    cg = Namespace("https://w3id.org/civigraph/ns#")
    for options in ({}, {"method": "POST"}, {"method": "POST_FORM"}, {"returnFormat": "json"}, {"returnFormat": "csv"}):
        graph = Graph(SPARQLStore(f"{url}/sparql", **options))
        assert len(list(graph.query(LABELS))) == CITIES, options
        assert len(list(graph.triples((None, RDF.type, cg.City)))) == CITIES, options
        assert bool(graph.query("ASK { ?s ?p ?o }")) or options.get("returnFormat") == "csv"
    labels = [str(row.label) for row in Graph(SPARQLStore(f"{url}/sparql")).query(LABELS)]
    assert "Ирбит" in labels, labels


def pandas_csv(url):
    import pandas

    frame = pandas.read_csv(f"{url}/sparql?{urllib.parse.urlencode({'query': LABELS, 'format': 'csv'})}")
    assert list(frame.columns) == ["city", "label"] and len(frame) == CITIES, frame
    assert "Ирбит" in set(frame["label"])
    frame = pandas.read_csv(f"{url}/queries/events-in-year.csv?year=2018")
    assert len(frame) > 0


def form(url):
    """As the packages of R ask: a POST form with `Accept`, an answer in XML or CSV."""
    body = urllib.parse.urlencode({"query": LABELS, "output": "csv"}).encode()
    for accept, part in [("text/csv", "Ирбит"), ("application/sparql-results+xml, */*;q=0.1", "<sparql")]:
        request = urllib.request.Request(f"{url}/sparql", data=body, headers={"Accept": accept})
        with urllib.request.urlopen(request) as response:
            assert part in response.read().decode(), accept


if __name__ == "__main__":
    _, test, base = sys.argv
    {f.__name__: f for f in (sparqlwrapper, rdflib_store, pandas_csv, form)}[test](base)

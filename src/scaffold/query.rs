//! The stored queries that a project starts with.

/// How many things there are of each class.
pub(super) fn classes(base: &str, language: &str) -> String {
    format!(
        "\
# title: How many things there are of each class
# description: The classes of the project's own vocabulary, with the number of things of each.
# param: lang lang = \"{language}\" # language of the labels
# tags: overview

PREFIX graph: <{base}graph/>
PREFIX owl: <http://www.w3.org/2002/07/owl#>
PREFIX rdfs: <http://www.w3.org/2000/01/rdf-schema#>

SELECT ?class ?label (COUNT(DISTINCT ?thing) AS ?things)
WHERE {{
  GRAPH graph:vocabulary {{ ?class a owl:Class ; rdfs:label ?label }}
  ?thing a ?class .
  FILTER(LANG(?label) = ?lang)
}}
GROUP BY ?class ?label
ORDER BY ?label
"
    )
}

/// The things of a class.
pub(super) fn things(base: &str, class: &str) -> String {
    format!(
        "\
# title: The things of a class
# description: Every thing of a class with its labels, in their order.
# param: class iri = <{base}ns#{class}> # the class
# tags: overview

PREFIX skos: <http://www.w3.org/2004/02/skos/core#>

SELECT ?thing ?label
WHERE {{
  ?thing a ?class ;
      skos:prefLabel ?label .
}}
ORDER BY ?label ?thing
"
    )
}

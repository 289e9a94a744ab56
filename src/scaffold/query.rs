//! The stored queries that a project starts with.

/// How many things there are of each class. `languages` are those of the project.
pub(super) fn classes(base: &str, language: &str, languages: &[&str]) -> String {
    let russian = in_russian(languages);
    let [title, description, lang] = [
        russian("title", "Сколько сущностей каждого класса"),
        russian(
            "description",
            "Классы собственного словаря проекта с числом сущностей каждого.",
        ),
        russian("param", "lang # язык названий"),
    ];
    format!(
        "\
# title: How many things there are of each class
{title}# description: The classes of the project's own vocabulary, with the number of things of each.
{description}# param: lang lang = \"{language}\" # language of the labels
{lang}# tags: overview

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
pub(super) fn things(base: &str, class: &str, languages: &[&str]) -> String {
    let russian = in_russian(languages);
    let [title, description, parameter] = [
        russian("title", "Сущности класса"),
        russian(
            "description",
            "Все сущности класса с их названиями, по порядку.",
        ),
        russian("param", "class # класс"),
    ];
    format!(
        "\
# title: The things of a class
{title}# description: Every thing of a class with its labels, in their order.
{description}# param: class iri = <{base}ns#{class}> # the class
{parameter}# tags: overview

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

/// A line of a header in Russian, where that is a language of the project; else nothing.
fn in_russian(languages: &[&str]) -> impl Fn(&str, &str) -> String {
    let is_russian = languages.contains(&"ru");
    move |key, text| match is_russian {
        true => format!("# {key}@ru: {text}\n"),
        false => String::new(),
    }
}

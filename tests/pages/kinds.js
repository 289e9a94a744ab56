/** Every kind of page of the shipped project: what is looked at in all widths, themes and languages, and measured. */

/** A query with columns for every view. */
export const CITIES = `SELECT ?city ?name ?region ?latitude ?longitude ?founded {
  GRAPH graph:register { ?city geo:lat ?latitude ; geo:long ?longitude }
  ?city skos:prefLabel ?name ; cg:locatedIn ?region
  FILTER(LANG(?name) = "en")
  BIND("2018-03-01"^^xsd:date AS ?founded)
} ORDER BY ?name`

const CLASSES = 'SELECT ?class (COUNT(?x) AS ?members) { ?x a ?class } GROUP BY ?class ORDER BY DESC(?members) LIMIT 8'

/** @param {string} name */
const of = (name) => encodeURIComponent(`https://w3id.org/civigraph/ns#${name}`)

/** @param {string} text */
export const asked = (text, more = '') => `/query?query=${encodeURIComponent(text)}${more}`

/** The address of a build that no longer is. */
const GONE = asked('SELECT * { ?s a cg:City }', '&build=0000-00000000')

/**
 * The name of a kind, the address of one of its pages, and the status of the response where it is not 200.
 * @type {[string, string, number?][]}
 */
export const KINDS = [
  ['front', '/'],
  ['browse', '/browse'],
  ['list', `/browse?class=${of('City')}`],
  ['facets', `/browse?class=${of('Event')}`],
  ['search', '/search?q=Железн'],
  ['search-nothing', '/search?q=qqqqqqqq'],
  ['missing', '/id/city/zato-zheleznogorskk', 404],
  ['city', '/id/city/zheleznogorsk'],
  ['closed-town', '/id/city/zato-zheleznogorsk'],
  ['region', '/id/region/samarskaya-oblast'],
  ['event', '/id/event/zheleznogorsk-project-session-2018'],
  ['person', '/id/person/vadim-medvedev'],
  ['organisation', '/id/org/administration-of-zheleznogorsk'],
  ['programme', '/id/programme/novokuznetsk-2035'],
  ['figure', '/id/figure/discussion-regions'],
  ['document', '/id/document/001'],
  ['claim', '/id/claim/c-004-038'],
  ['evidence', '/id/evidence/000-0-39'],
  ['gap', '/id/gap/conference-host-city'],
  ['decision', '/id/merge/different-departments'],
  ['identifier', '/id/identifier/okato-65432000000'],
  ['register', '/id/register/city-irbit'],
  ['concept', '/id/sector/nuclear-industry'],
  ['scheme', '/id/scheme/quantity-kind'],
  ['ontology', '/ns'],
  ['term', '/ns/City'],
  ['property', '/ns/hostMunicipality'],
  ['graph', '/graph/claims'],
  ['outside', `/resource?iri=${encodeURIComponent('https://github.com/hflabs/city')}`],
  ['table', '/data/cities.csv'],
  ['wide-table', '/data/claims.csv'],
  ['row', '/data/cities.csv/row/9'],
  ['cell', '/data/cities.csv/row/9#c9'],
  ['downloads', '/downloads'],
  ['about', '/about'],
]

/**
 * States of the query page: a name, its address, what is there when it has come, and the status where it is not 200.
 * @type {[string, string, string, number?][]}
 */
export const STATES = [
  ['start', '/query', '.preview .line'],
  ['table', asked(CITIES), 'table.answer'],
  ['graph', asked(CITIES, '&view=graph'), 'svg.graph .node'],
  ['time-line', asked(CITIES, '&view=timeline'), 'svg.timeline .bar'],
  ['map', asked(CITIES, '&view=map'), 'svg.map .point'],
  ['chart', asked(CLASSES, '&view=chart'), 'svg.chart rect'],
  ['lines', asked('SELECT ?year ?a ?b { VALUES (?year ?a ?b) { ("2016"^^xsd:gYear 1 5) ("2017"^^xsd:gYear 4 3) ("2019"^^xsd:gYear 9 2) } }', '&view=chart'), 'svg.chart polyline'],
  ['raw', asked(CITIES, '&view=raw'), '.raw pre'],
  ['truth', asked('ASK { ?s a cg:City }'), '.truth'],
  ['problem', asked('SELECT ?s {\n  ?s ?p\n}'), '#answer .problem'],
  ['nothing', asked('SELECT ?s { ?s a cg:Citty }'), '#answer .empty'],
  ['part', asked('SELECT * { ?s ?p ?o . ?x a cg:City }'), '#answer .cut'],
  ['deleted', GONE, '.cut', 410],
  ['form', '/query/events-in-year?year=2018', 'table.answer'],
  ['form-of-two', '/query/evidence-of-property', 'table.answer'],
  ['conflicts', '/query/conflicts', 'table.answer'],
  ['gaps', '/query/not-stated', 'table.answer'],
]

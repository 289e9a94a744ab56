/** What the editor knows of SPARQL, tried on the project's own stored queries. Needs no browser and no packages. */

import assert from 'node:assert/strict'
import { readFileSync, readdirSync } from 'node:fs'
import test from 'node:test'
import { contextAt } from '../src/sparql/context.js'
import { format } from '../src/sparql/format.js'
import { tokens } from '../src/sparql/tokens.js'
import { withValues } from '../src/stored.js'

const folder = new URL('../../../../queries/', import.meta.url)
const queries = readdirSync(folder).filter((name) => name.endsWith('.rq')).map((name) => ({ name, text: readFileSync(new URL(name, folder), 'utf8') }))

/** @param {string} text */
const spelling = (text) => tokens(text).map((token) => (token.kind === 'word' ? token.text.toUpperCase() : token.text))

test('there are queries to try', () => assert.ok(queries.length > 50))

for (const { name, text } of queries) {
  test(`laying out ${name} changes no token, and twice is once`, () => {
    const once = format(text)
    assert.deepEqual(spelling(once), spelling(text))
    assert.equal(format(once), once)
  })
}

test('a query on one line is laid out', () => {
  const query = 'prefix x: <http://e/> select ?a (count(*) as ?n) where{?a a x:C;x:p ?b.optional{?b x:q+/^x:r "x"@en}filter(?b>3&&!bound(?c))} group by ?a order by desc(?n) limit 5'
  assert.equal(format(query), `PREFIX x: <http://e/>

SELECT ?a (COUNT(*) AS ?n)
WHERE {
  ?a a x:C ;
      x:p ?b .
  OPTIONAL { ?b x:q+/^x:r "x"@en }
  FILTER(?b > 3 && !BOUND(?c))
}
GROUP BY ?a
ORDER BY DESC(?n)
LIMIT 5
`)
})

test('what is not finished can be laid out as well', () => {
  for (const text of ['SELECT * {', 'SELECT * { ?a "b', '}}}', ')', '', '# only', 'SELECT "\ud800']) {
    assert.deepEqual(spelling(format(text)), spelling(text), JSON.stringify(text))
  }
})

/** The context at `|`. @param {string} query */
function at(query) {
  const place = query.indexOf('|')
  return contextAt(query.replace('|', ''), place, place)
}

test('a property is asked for with what is said of its subject', () => {
  for (const [query, patterns] of /** @type {[string, string[]][]} */ ([
    ['SELECT * { ?city a x:City ; | }', ['?city a x:City .']],
    ['SELECT * { ?city a x:City . ?city | . ?city x:p ?r . }', ['?city a x:City . ?city x:p ?r .', '?city a x:City .']],
    ['SELECT * { ?city a x:City . OPTIONAL { ?city | } }', ['?city a x:City .']],
    ['SELECT * { ?city a x:City FILTER NOT EXISTS { ?city | } }', ['?city a x:City .']],
    ['SELECT * { GRAPH ?g { ?city a x:City . ?city | } }', ['GRAPH ?g { ?city a x:City . }']],
    ['SELECT (COUNT(*) AS ?n) { { SELECT ?city WHERE { ?city a x:Z ; | } } }', ['?city a x:Z .']],
  ])) {
    const context = at(query)
    assert.equal(context.position, 'predicate', query)
    assert.equal(context.subject, '?city', query)
    assert.deepEqual(context.patterns, patterns, query)
  }
})

test('the other side of UNION says nothing of this one', () => {
  assert.deepEqual(at('SELECT * { { ?city a x:City } UNION { ?city | } }').patterns, [''])
})

test('places that are no triples are known', () => {
  for (const [query, position] of [
    ['|', 'outside'], ['PREFIX |', 'prefix'], ['SELECT * { | }', 'subject'], ['SELECT * { ?a x:p | }', 'object'],
    ['SELECT * { ?a x:p ?b FILTER(| ) }', 'expression'], ['SELECT * { ?a x:p ?b } |', 'outside'],
  ]) assert.equal(at(query).position, position, query)
})

test('values of a form come into the text of a stored query', () => {
  const text = '# title: T\n# param: year gYear = 2018\nSELECT ?a ?year (STR(?year) AS ?y) { ?a x:p ?year BIND(1 AS ?year) }'
  assert.equal(withValues(text, { year: '"2018"' }), '# title: T\nSELECT ?a ("2018" AS ?year) (STR("2018") AS ?y) { ?a x:p "2018" BIND(1 AS ?year) }')
})

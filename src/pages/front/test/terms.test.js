/** Terms of answers: dates, points, names. */

import assert from 'node:assert/strict'
import test from 'node:test'
import { pathOf } from '../src/paths.js'
import { expand, numberOf, pointOf, shorten, timeOf, triplesOf } from '../src/terms.js'
import { keysOf } from '../src/site/search.js'
import en from '../words/en.js'
import ru from '../words/ru.js'

const XSD = 'http://www.w3.org/2001/XMLSchema#'
/** @param {string} value @param {string} [datatype] */
const literal = (value, datatype) => ({ type: /** @type {const} */ ('literal'), value, ...(datatype ? { datatype } : {}) })
/** @param {number | undefined} time */
const day = (time) => (time === undefined ? null : new Date(time).toISOString().slice(0, 10))

test('both languages have the same words, of the same kind', () => {
  const kinds = (/** @type {Record<string, unknown>} */ words) => Object.entries(words).map(([key, word]) => `${key} ${typeof word}`).sort()
  assert.deepEqual(kinds(en), kinds(ru))
})

test('dates last from their first day to their last', () => {
  for (const [value, datatype, from, to] of [
    ['2018', `${XSD}gYear`, '2018-01-01', '2018-12-31'],
    ['2018-11-01', `${XSD}date`, '2018-11-01', '2018-11-01'],
    ['2016-02', 'http://id.loc.gov/datatypes/edtf/EDTF', '2016-02-01', '2016-02-29'],
    ['2017/2018', 'http://id.loc.gov/datatypes/edtf/EDTF', '2017-01-01', '2018-12-31'],
    ['2019~', 'http://id.loc.gov/datatypes/edtf/EDTF', '2019-01-01', '2019-12-31'],
    ['2018-03-05', undefined, '2018-03-05', '2018-03-05'],
  ]) {
    const time = timeOf(literal(/** @type {string} */ (value), datatype))
    assert.deepEqual([day(time?.from), day(time?.to)], [from, to], value)
  }
  for (const term of [literal('2018'), literal('2018', `${XSD}integer`), literal('x', `${XSD}date`), literal('2018-01-01/..x'), undefined]) {
    assert.equal(timeOf(term), null)
  }
  assert.equal(day(timeOf(literal('2018'), true)?.from), '2018-01-01')
})

test('numbers and points are read strictly', () => {
  assert.equal(numberOf(literal('1.50', `${XSD}decimal`)), 1.5)
  assert.equal(numberOf(literal('1.50')), null)
  assert.deepEqual(pointOf(literal('POINT(63.05 57.68)', 'http://www.opengis.net/ont/geosparql#wktLiteral')), [63.05, 57.68])
  assert.equal(pointOf(literal('POINT(63.05)')), null)
  assert.equal(pointOf(literal('POINT(630 57)')), null)
})

test('names are short where they can be, and come back', () => {
  const prefixes = { x: 'http://e/', y: 'http://e/y/' }
  for (const [iri, name] of [['http://e/a', 'x:a'], ['http://e/y/a', 'y:a'], ['http://e/a/b', '<http://e/a/b>'], ['http://o/', '<http://o/>'], ['http://e/a.', '<http://e/a.>']]) {
    assert.equal(shorten(iri, prefixes), name)
    assert.equal(expand(name, prefixes), iri)
  }
})

test('triples are read with escapes', () => {
  const [row, ...others] = triplesOf('<http://e/s> <http://e/p> "a\\"\\u0416\\n"@en .\n<http://e/s> <http://e/p> _:b .\n# no\n')
  assert.deepEqual(row.object, { type: 'literal', value: 'a"Ж\n', 'xml:lang': 'en' })
  assert.equal(others.length, 1)
})

test('paths of pages follow the rule of the server', () => {
  const base = 'https://e.org/g/'
  for (const [iri, path] of [
    ['https://e.org/g/id/city/irbit', '/id/city/irbit'],
    ['https://e.org/g/id/city/Ирбит', '/id/city/%D0%98%D1%80%D0%B1%D0%B8%D1%82'],
    ['https://e.org/g/ns#City', '/ns/City'],
    ['https://e.org/g/data/cities.csv#row=3', '/data/cities.csv/row/3'],
    ['https://e.org/g/data/cities.csv#cell=3,9', '/data/cities.csv/row/3#c9'],
    ['https://e.org/g/id/../x', '/resource?iri=https%3A%2F%2Fe.org%2Fg%2Fid%2F..%2Fx'],
    ['javascript:alert(1)', '/resource?iri=javascript%3Aalert(1)'],
  ]) assert.equal(pathOf(iri, base), path)
})

test('names are found in either script', () => {
  assert.deepEqual(keysOf('Железногорск'), keysOf('Zheleznogorsk'))
  assert.deepEqual(keysOf('Орёл'), keysOf('Орел'))
})

/**
 * Terms of answers, in the form of SPARQL's JSON results, and how they are shown.
 *
 * @typedef {{ type: 'uri' | 'literal' | 'bnode' | 'triple', value: any, datatype?: string, 'xml:lang'?: string }} Term
 * @typedef {{
 *   kind: 'solutions' | 'graph' | 'truth',
 *   variables: string[],
 *   rows: Record<string, Term>[],
 *   truth?: boolean,
 *   isCut: boolean,
 *   hints: string[],
 *   build: string | null,
 *   milliseconds: number,
 *   raw: string,
 *   media: string,
 * }} Answer
 */

const XSD = 'http://www.w3.org/2001/XMLSchema#'
const GEO = 'http://www.opengis.net/ont/geosparql#wktLiteral'

const NUMBERS = new Set(
  ['integer', 'decimal', 'double', 'float', 'int', 'long', 'short', 'byte', 'nonNegativeInteger', 'positiveInteger',
    'nonPositiveInteger', 'negativeInteger', 'unsignedInt', 'unsignedLong', 'unsignedShort', 'unsignedByte'].map((name) => XSD + name),
)

/**
 * The number that a literal is; `null` where it is none.
 * @param {Term | undefined} term
 */
export function numberOf(term) {
  if (term?.type !== 'literal' || !NUMBERS.has(term.datatype ?? '')) return null
  const number = Number(term.value)
  return Number.isFinite(number) ? number : null
}

/**
 * The time that a literal of a date is, from its first moment to its last, in milliseconds; `null` where it is none.
 * What EDTF has for parts of dates counts as well (`2018-03`, `2017/2018`, `2019~`).
 * @param {Term | undefined} term
 * @param {boolean} [isExpected] whether the name of the column says that it has dates, so that `"2018"` is one
 * @returns {{ from: number, to: number } | null}
 */
export function timeOf(term, isExpected = false) {
  if (term?.type !== 'literal' || term['xml:lang']) return null
  const datatype = term.datatype ?? ''
  const isDate = ['date', 'dateTime', 'dateTimeStamp', 'gYear', 'gYearMonth'].some((name) => datatype === XSD + name)
  if (!isDate && !/edtf/iu.test(datatype) && datatype !== '' && datatype !== `${XSD}string`) return null
  const text = String(term.value)
  if (datatype === `${XSD}dateTime` || datatype === `${XSD}dateTimeStamp`) {
    const time = Date.parse(text)
    return Number.isNaN(time) ? null : { from: time, to: time }
  }
  // A plain string is a date only where it has a day or a month: `2018` may be a number of anything.
  if (!isDate && !isExpected && !/edtf/iu.test(datatype) && !/^\d{4}-\d{2}(-\d{2})?$/u.test(text)) return null
  const [first, second] = text.split('/')
  const from = span(first)
  const to = second === undefined ? from : span(second)
  if (!from && !to) return null
  const start = from ?? to
  const end = to ?? from
  return start && end ? { from: start.from, to: Math.max(end.to, start.from) } : null
}

/**
 * @param {string} text a year, a month or a day
 */
function span(text) {
  const match = /^(-?\d{4,})(?:-(\d{2})(?:-(\d{2}))?)?[~?%]?(?:Z|[+-]\d{2}:\d{2})?$/u.exec(text)
  if (!match) return null
  const [year, month, day] = [Number(match[1]), match[2] ? Number(match[2]) - 1 : null, match[3] ? Number(match[3]) : null]
  // Seasons of EDTF.
  if (month !== null && month > 11) return time(year, 0, 1, year + 1, 0, 1)
  if (month === null) return time(year, 0, 1, year + 1, 0, 1)
  return day === null ? time(year, month, 1, year, month + 1, 1) : time(year, month, day, year, month, day + 1)
}

/** @param {...number} parts first moment, and the first one after it */
function time(...parts) {
  const at = (/** @type {number} */ year, /** @type {number} */ month, /** @type {number} */ day) => {
    const date = new Date(Date.UTC(2000, month, day))
    date.setUTCFullYear(year + date.getUTCFullYear() - 2000)
    return date.getTime()
  }
  return { from: at(parts[0], parts[1], parts[2]), to: at(parts[3], parts[4], parts[5]) - 1 }
}

/**
 * The point of a literal in WKT; `null` where it is none.
 * @param {Term | undefined} term
 * @returns {[number, number] | null} longitude, latitude
 */
export function pointOf(term) {
  if (term?.type !== 'literal') return null
  if (term.datatype !== GEO && !/^POINT/iu.test(String(term.value))) return null
  const match = /^\s*(?:<[^>]*>\s*)?POINT\s*\(\s*(-?\d+(?:\.\d+)?)\s+(-?\d+(?:\.\d+)?)\s*\)/iu.exec(String(term.value))
  if (!match) return null
  const [longitude, latitude] = [Number(match[1]), Number(match[2])]
  return Math.abs(longitude) <= 180 && Math.abs(latitude) <= 90 ? [longitude, latitude] : null
}

/**
 * An IRI with a prefix, as SPARQL has it, or in angle brackets.
 * @param {string} iri
 * @param {Record<string, string>} prefixes
 */
export function shorten(iri, prefixes) {
  let best = ''
  let name = ''
  for (const [prefix, namespace] of Object.entries(prefixes)) {
    const local = iri.slice(namespace.length)
    if (namespace.length > best.length && iri.startsWith(namespace) && /^(?:[\p{L}\p{N}_](?:[\p{L}\p{M}\p{N}_.·-]*[\p{L}\p{M}\p{N}_·-])?)?$/u.test(local)) {
      best = namespace
      name = `${prefix}:${local}`
    }
  }
  return best === '' ? `<${iri}>` : name
}

/**
 * An IRI from how SPARQL has it; `null` where it has an unknown prefix or is none.
 * @param {string} text
 * @param {Record<string, string>} prefixes
 */
export function expand(text, prefixes) {
  if (text.startsWith('<') && text.endsWith('>')) return text.slice(1, -1)
  const colon = text.indexOf(':')
  const namespace = colon < 0 ? undefined : prefixes[text.slice(0, colon)]
  return namespace === undefined ? null : namespace + text.slice(colon + 1).replace(/\\(.)/gu, '$1')
}

/**
 * A term as text, for sorting, copying and titles.
 * @param {Term | undefined} term
 * @returns {string}
 */
export function textOf(term) {
  if (!term) return ''
  if (term.type === 'triple') {
    const { subject, predicate, object } = term.value
    return `<<( ${textOf(subject)} ${textOf(predicate)} ${textOf(object)} )>>`
  }
  return term.type === 'bnode' ? `_:${term.value}` : String(term.value)
}

/**
 * The triples of a document in N-Triples, in the form of rows with `subject`, `predicate` and `object`.
 * @param {string} text
 * @returns {Record<string, Term>[]}
 */
export function triplesOf(text) {
  const rows = []
  for (const line of text.split('\n')) {
    const reader = { line, at: 0 }
    const [subject, predicate, object] = [term(reader), term(reader), term(reader)]
    if (subject && predicate && object) rows.push({ subject, predicate, object })
  }
  return rows
}

const ESCAPES = /** @type {Record<string, string>} */ ({ t: '\t', b: '\b', n: '\n', r: '\r', f: '\f' })

/** @param {string} text */
const unescape = (text) =>
  text.replace(/\\(?:u([0-9A-Fa-f]{4})|U([0-9A-Fa-f]{8})|(.))/gsu, (_, four, eight, one) =>
    four || eight ? String.fromCodePoint(Number.parseInt(four ?? eight, 16)) : (ESCAPES[one] ?? one))

/**
 * @param {{ line: string, at: number }} reader
 * @returns {Term | null}
 */
function term(reader) {
  const take = (/** @type {RegExp} */ pattern) => {
    pattern.lastIndex = reader.at
    const match = pattern.exec(reader.line)
    if (match) reader.at = pattern.lastIndex
    return match
  }
  take(/\s*/uy)
  const iri = take(/<([^>]*)>/uy)
  if (iri) return { type: 'uri', value: unescape(iri[1]) }
  const blank = take(/_:([^\s]+)/uy)
  if (blank) return { type: 'bnode', value: blank[1] }
  const literal = take(/"((?:[^"\\]|\\.)*)"(?:@([a-zA-Z0-9-]+)|\^\^<([^>]*)>)?/uy)
  if (literal) {
    const [, value, language, datatype] = literal
    const base = /** @type {Term} */ ({ type: 'literal', value: unescape(value) })
    if (language) base['xml:lang'] = language
    if (datatype) base.datatype = unescape(datatype)
    return base
  }
  if (take(/<<\(/uy)) {
    const [subject, predicate, object] = [term(reader), term(reader), term(reader)]
    take(/\s*\)>>/uy)
    return { type: 'triple', value: { subject, predicate, object } }
  }
  return null
}

/**
 * What the editor offers while somebody types: prefixes, variables, keywords, and from the graph itself classes,
 * properties that fit, and things by their labels in both languages.
 */

import { contextAt } from './sparql/context.js'
import { tokens } from './sparql/tokens.js'
import { shorten } from './terms.js'

/** Words offered at the beginning of a pattern, and outside of groups. */
const WITHIN = ['OPTIONAL { }', 'FILTER()', 'BIND( AS ?)', 'VALUES ? { }', 'GRAPH ?g { }', 'UNION { }', 'MINUS { }', 'FILTER NOT EXISTS { }']
const OUTSIDE = ['SELECT', 'SELECT DISTINCT', 'CONSTRUCT', 'DESCRIBE', 'ASK', 'WHERE { }', 'GROUP BY', 'HAVING()', 'ORDER BY', 'LIMIT', 'OFFSET', 'PREFIX']
const FUNCTIONS = ['STR()', 'LANG()', 'DATATYPE()', 'BOUND()', 'YEAR()', 'CONTAINS(, "")', 'STRSTARTS(, "")', 'REGEX(, "", "i")', 'LCASE()', 'COUNT()', 'SUM()', 'AVG()', 'MIN()', 'MAX()', 'IF(, , )', 'COALESCE()', 'CONCAT()', 'EXISTS { }']

/** What is being typed: a word in any script, a variable, a prefixed name. */
const WORD = /(?:[?$]?[\p{L}\p{N}_][\p{L}\p{M}\p{N}_:.\-]*|[?$:])$/u

/** Offers of the service at a time; a list that has fewer has all. */
const MOST = 40

/** How long an answer of the service is waited for. */
const PATIENCE = 1500

/**
 * @typedef {{ iri?: string, term?: string, label: string, detail?: string, count?: number }} Offer
 */

/**
 * @param {{
 *   ask: ((kind: string, parameters: [string, string][], signal: AbortSignal) => Promise<{ items: Offer[] }>) | null,
 *   prefixes: Record<string, string>,
 *   language: string,
 * }} options
 * @returns {import('@codemirror/autocomplete').CompletionSource}
 */
export function completions({ ask, prefixes, language }) {
  return async (state) => {
    const text = state.state.doc.toString()
    const line = state.state.doc.lineAt(state.pos)
    const word = WORD.exec(text.slice(line.from, state.pos))?.[0] ?? ''
    const from = state.pos - word.length
    if (isWithinText(text, state.pos)) return null
    const context = contextAt(text, from, state.pos)
    const typed = word !== ''
    const next = context.position === 'predicate' || context.position === 'object'
    if (!state.explicit && !typed && !(next && /[ \t]/u.test(text[state.pos - 1] ?? ''))) return null
    /** @type {import('@codemirror/autocomplete').Completion[]} */
    const options = []
    const starts = (/** @type {string} */ name) => name.toLowerCase().startsWith(word.toLowerCase())
    if (context.position === 'prefix') {
      for (const [prefix, namespace] of Object.entries(prefixes)) {
        if (prefix.startsWith(word)) options.push({ label: `${prefix}:`, detail: namespace, apply: `${prefix}: <${namespace}>` })
      }
      return { from, options, filter: false }
    }
    const isVariable = /^[?$]/u.test(word)
    if (isVariable || !typed || context.position === 'expression') {
      const names = context.variables.filter((name) => name !== word && starts(name))
      for (const name of names) options.push({ label: name, type: 'variable', boost: -1 })
    }
    if (!isVariable) {
      const words = { outside: OUTSIDE, subject: WITHIN, expression: FUNCTIONS, predicate: [], object: [], prefix: [] }[context.position]
      for (const name of words) if (typed && starts(name)) options.push(snippet(name))
      if (context.position === 'predicate' && 'a'.startsWith(word)) options.push({ label: 'a', detail: 'rdf:type', type: 'keyword' })
    }
    if (ask && !isVariable && context.position !== 'outside') {
      const found = await offers(ask, context, word, language, state)
      for (const offer of found) options.push(option(offer, prefixes))
    }
    if (state.aborted || options.length === 0) return null
    const isWhole = options.length < MOST && (context.position === 'predicate' || context.property === 'a')
    return {
      from,
      options,
      filter: false,
      /** A whole list is narrowed here; else the graph is asked again, since a search forgives what a filter does not. */
      update(current, start, end, { state: now }) {
        const longer = now.sliceDoc(start, end)
        if (!isWhole || !longer.startsWith(word)) return null
        const left = options.filter((one) => begins(one, longer))
        return left.length > 0 ? { ...current, options: left } : null
      },
    }
  }
}

/**
 * Whether a word of an option's label, or its name, begins with a text.
 * @param {import('@codemirror/autocomplete').Completion} one
 * @param {string} text
 */
function begins(one, text) {
  const wanted = text.toLowerCase()
  const names = [one.label, typeof one.apply === 'string' ? one.apply : '']
  const words = names.flatMap((name) => [name, ...name.split(/[\s:-]+/u)])
  return words.some((name) => name.toLowerCase().startsWith(wanted))
}

/**
 * What the graph has for a place.
 * @param {NonNullable<Parameters<typeof completions>[0]['ask']>} ask
 * @param {import('./sparql/context.js').Context} context
 * @param {string} word
 * @param {string} language
 * @param {import('@codemirror/autocomplete').CompletionContext} state
 */
async function offers(ask, context, word, language, state) {
  const stop = new AbortController()
  const timer = setTimeout(() => stop.abort(), PATIENCE)
  state.addEventListener('abort', () => stop.abort())
  const get = async (/** @type {string} */ kind, /** @type {[string, string][]} */ more) => {
    try {
      const base = /** @type {[string, string][]} */ ([['text', word], ['lang', language]])
      return (await ask(kind, [...base, ...more], stop.signal)).items
    } catch {
      // Nothing is offered where the service does not answer; what was typed stays.
      return []
    }
  }
  const around = /** @type {[string, string][]} */ ([['prologue', context.prologue]])
  for (const pattern of context.patterns) around.push(['patterns', pattern])
  if (context.subject) around.push(['subject', context.subject])
  if (context.graph) around.push(['graph', context.graph])
  try {
    if (context.position === 'predicate') return await get('properties', around)
    if (context.position === 'object' && context.property === 'a') return await get('classes', around)
    if (context.position === 'object') {
      if (context.property && !/^[?$]/u.test(context.property)) around.push(['property', context.property])
      const values = context.property ? get('values', around) : Promise.resolve([])
      const things = word.length > 1 ? get('entities', []) : Promise.resolve([])
      const [fitting, others] = await Promise.all([values, things])
      const seen = new Set(fitting.map((offer) => offer.iri ?? offer.term))
      return [...fitting, ...others.filter((offer) => !seen.has(offer.iri))]
    }
    return word.length > 1 ? await get('entities', []) : []
  } finally {
    clearTimeout(timer)
  }
}

/**
 * @param {Offer} offer
 * @param {Record<string, string>} prefixes
 * @returns {import('@codemirror/autocomplete').Completion}
 */
function option(offer, prefixes) {
  const name = offer.iri ? shorten(offer.iri, prefixes) : (offer.term ?? offer.label)
  const detail = [offer.label === name ? '' : name, offer.detail, offer.count ? offer.count.toLocaleString() : '']
  return { label: offer.label, detail: detail.filter(Boolean).join(' · '), apply: `${name} `, type: 'text' }
}

/**
 * A piece of a query with the cursor where something is missing.
 * @param {string} text
 * @returns {import('@codemirror/autocomplete').Completion}
 */
function snippet(text) {
  const hole = /\(\)|\{ \}|\(,|\( /u.exec(text)
  return {
    label: text,
    type: 'keyword',
    apply(view, _, from, to) {
      const inside = hole ? from + hole.index + (hole[0] === '{ }' ? 2 : 1) : from + text.length
      view.dispatch({ changes: { from, to, insert: text }, selection: { anchor: inside } })
    },
  }
}

/**
 * Whether a place is within a comment, a string or an IRI.
 * @param {string} text
 * @param {number} at
 */
function isWithinText(text, at) {
  const token = tokens(text).find((one) => one.from < at && at <= one.to)
  if (!token) return false
  if (token.kind === 'comment') return true
  return at < token.to && ['string', 'iri'].includes(token.kind)
}

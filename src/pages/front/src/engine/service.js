/**
 * Queries answered by the service that the page is from.
 *
 * @typedef {import('../terms.js').Answer} Answer
 * @typedef {{
 *   title: string, status?: number, line?: number, column?: number, expected?: string, found?: string, hint?: string,
 *   others?: Problem[], says?: string,
 * }} Problem
 * @typedef {{ text: string, inferred: boolean, stored?: string, parameters?: [string, string][], values?: Record<string, string>, build: string | null }} Question
 *   `values`: the parameters as terms of SPARQL
 */

import { h } from '../dom.js'
import { triplesOf } from '../terms.js'

/** Rows that a page shows; whoever wants more downloads the answer. */
export const MOST = 10_000

const ACCEPT = 'application/sparql-results+json, application/n-triples;q=0.9'

/** A refusal of the service. */
export class Refused extends Error {
  /** @param {Problem} problem */
  constructor(problem) {
    super(problem.title)
    this.problem = problem
  }
}

export class Service {
  /**
   * @param {{ sparql: string, queries: string, complete: string }} paths
   * @param {string} language in which problems and hints are wanted
   */
  constructor(paths, language) {
    this.paths = paths
    this.language = language
    /** Formats in which an answer can be downloaded, by its kind. */
    this.formats = {
      solutions: ['csv', 'tsv', 'json', 'xml'],
      graph: ['turtle', 'ntriples', 'jsonld', 'rdfxml', 'trig', 'nquads'],
      truth: ['json', 'xml'],
    }
    this.completes = true
  }

  /** Pages are where their IRIs say. */
  pageOf() {
    return null
  }

  /**
   * The address at which a question is answered, in a format.
   * @param {Question} question
   * @param {string} [format]
   */
  address(question, format) {
    const form = this.form(question)
    if (format) form.set('format', format)
    const path = question.stored ? `${this.paths.queries}/${encodeURIComponent(question.stored)}` : this.paths.sparql
    return `${path}?${form}`
  }

  /**
   * A link by which an answer is downloaded.
   * @param {Question} question
   * @param {Answer} _
   * @param {string} format one of `formats`, or `spreadsheet`
   * @param {string} name
   */
  download(question, _, format, name) {
    const isSafe = format === 'spreadsheet'
    const address = this.address(question, isSafe ? 'csv' : format)
    return h('a', { href: isSafe ? `${address}&profile=spreadsheet` : address, download: '' }, name)
  }

  /** @param {Question} question */
  form(question) {
    const form = new URLSearchParams(question.stored ? question.parameters : [['query', question.text]])
    if (question.inferred) form.set('inferred', 'true')
    if (question.build) form.set('build', question.build)
    return form
  }

  /**
   * Answers a question.
   * @param {Question} question
   * @param {AbortSignal} signal
   * @returns {Promise<Answer>}
   */
  async ask(question, signal) {
    const form = this.form(question)
    form.set('limit', String(MOST + 1))
    const path = question.stored ? `${this.paths.queries}/${encodeURIComponent(question.stored)}` : this.paths.sparql
    const began = performance.now()
    const response = await fetch(path, { method: 'POST', body: form, headers: { accept: ACCEPT, 'accept-language': this.language }, signal })
    if (!response.ok) throw new Refused(await problemOf(response))
    const media = response.headers.get('content-type')?.split(';')[0] ?? ''
    // Rows of a table are limited by the request; triples of a graph are not.
    const raw = media === 'application/n-triples' ? await lines(response, MOST + 1) : await response.text()
    return {
      ...answerOf(raw, media),
      hints: hintsOf(response.headers.get('civigraph-hint')),
      build: response.headers.get('civigraph-build'),
      milliseconds: performance.now() - began,
      raw,
      media,
    }
  }

  /**
   * What may be written at a place.
   * @param {string} kind
   * @param {[string, string][]} parameters
   * @param {AbortSignal} [signal]
   * @returns {Promise<any>}
   */
  async complete(kind, parameters, signal) {
    const response = await fetch(`${this.paths.complete}/${kind}`, {
      method: 'POST', body: new URLSearchParams(parameters), signal,
    })
    if (!response.ok) throw new Refused(await problemOf(response))
    return response.json()
  }
}

/**
 * @param {string} raw
 * @param {string} media
 */
export function answerOf(raw, media) {
  if (media !== 'application/sparql-results+json') {
    const rows = triplesOf(raw)
    return { kind: /** @type {const} */ ('graph'), variables: ['subject', 'predicate', 'object'], ...cut(rows) }
  }
  const answer = JSON.parse(raw)
  if (typeof answer.boolean === 'boolean') {
    return { kind: /** @type {const} */ ('truth'), variables: [], rows: [], isCut: false, truth: answer.boolean }
  }
  return { kind: /** @type {const} */ ('solutions'), variables: answer.head.vars, ...cut(answer.results.bindings) }
}

/**
 * The first lines of a response, the rest of which is not read.
 * @param {Response} response
 * @param {number} most
 */
async function lines(response, most) {
  const reader = response.body?.pipeThrough(new TextDecoderStream()).getReader()
  if (!reader) return ''
  let text = ''
  let count = 0
  for (;;) {
    const { done, value } = await reader.read()
    if (done) return text
    text += value
    count += value.split('\n').length - 1
    if (count >= most) {
      await reader.cancel()
      return text.split('\n').slice(0, most).join('\n')
    }
  }
}

/** @param {any[]} rows */
const cut = (rows) => ({ rows: rows.slice(0, MOST), isCut: rows.length > MOST })

/** @param {string | null} header */
const hintsOf = (header) => (header ? header.split(',').map((hint) => decodeURIComponent(hint.trim())) : [])

/** @param {Response} response */
async function problemOf(response) {
  try {
    return /** @type {Problem} */ (await response.json())
  } catch {
    return { title: `${response.status} ${response.statusText}`, status: response.status }
  }
}

/**
 * Queries answered in the browser, for the static site: Oxigraph compiled to WebAssembly, in a worker that is ended
 * when a query is cancelled. The graph is loaded with the first query.
 */

import { h, save } from '../dom.js'
import { withValues } from '../stored.js'
import { find, named } from '../site/search.js'
import { isWord, tokens } from '../sparql/tokens.js'
import { MOST, Refused, answerOf } from './service.js'

/** Formats with the names by which Oxigraph knows them, and the ends of their files. */
const FORMATS = /** @type {Record<string, [string, string]>} */ ({
  csv: ['text/csv', 'csv'], tsv: ['text/tab-separated-values', 'tsv'],
  json: ['application/sparql-results+json', 'srj'], xml: ['application/sparql-results+xml', 'srx'],
  turtle: ['text/turtle', 'ttl'], ntriples: ['application/n-triples', 'nt'], rdfxml: ['application/rdf+xml', 'rdf'],
})

export class Browser {
  /**
   * @param {{ root: string, worker?: string, engine?: string, data?: string }} paths
   * @param {Record<string, string>} prefixes
   * @param {any} words
   */
  constructor(paths, prefixes, words) {
    this.paths = paths
    this.prefixes = prefixes
    this.words = words
    this.formats = { solutions: ['csv', 'tsv', 'json', 'xml'], graph: ['turtle', 'ntriples', 'rdfxml'], truth: ['json', 'xml'] }
    this.completes = true
    /** @type {Worker | null} */
    this.worker = null
    this.last = 0
    /** @type {Map<string, string>} */
    this.pages = new Map()
  }

  /** The page of a thing, where the index of names is loaded. @param {string} iri */
  pageOf(iri) {
    return this.pages.get(iri) ?? null
  }

  /** There is no address at which an answer is; it is made here. */
  address() {
    return null
  }

  /**
   * @param {import('./service.js').Question} question
   * @param {import('../terms.js').Answer} answer
   * @param {string} format
   * @param {string} name
   */
  download(question, answer, format, name) {
    const isSafe = format === 'spreadsheet'
    const [media, end] = FORMATS[isSafe ? 'csv' : format]
    const make = async () => {
      const text = isSafe
        ? spreadsheet(answer)
        : await this.send({ text: this.text(question), media, inferred: question.inferred }, new AbortController().signal)
      save(`answer.${end}`, media, text)
    }
    return h('button', { type: 'button', class: 'plain', onclick: make }, name)
  }

  /** @param {import('./service.js').Question} question */
  text(question) {
    const text = question.stored ? withValues(question.text, question.values ?? {}) : question.text
    const declared = new Set([...text.matchAll(/PREFIX\s+([^\s:]*):/giu)].map((match) => match[1]))
    const missing = Object.entries(this.prefixes).filter(([prefix]) => !declared.has(prefix))
    // On the first line, so that the lines of errors stay right.
    return `${missing.map(([prefix, namespace]) => `PREFIX ${prefix}: <${namespace}> `).join('')}${text}`
  }

  /**
   * @param {import('./service.js').Question} question
   * @param {AbortSignal} signal
   * @returns {Promise<import('../terms.js').Answer>}
   */
  async ask(question, signal) {
    const began = performance.now()
    const isGraph = tokens(question.text).some((token) => isWord(token, 'CONSTRUCT', 'DESCRIBE'))
    const media = isGraph ? 'application/n-triples' : 'application/sparql-results+json'
    const raw = await this.send({ text: this.text(question), media, inferred: question.inferred }, signal)
    return { ...answerOf(raw, media), hints: [], build: question.build, milliseconds: performance.now() - began, raw, media }
  }

  /**
   * Sends something to the worker, which is ended when the answer is no longer wanted.
   * @param {{ text: string, media: string, inferred: boolean }} message
   * @param {AbortSignal} signal
   * @returns {Promise<string>}
   */
  send(message, signal) {
    this.worker ??= new Worker(this.paths.worker ?? '', { type: 'module' })
    const worker = this.worker
    this.last += 1
    const id = this.last
    return new Promise((resolve, reject) => {
      const stop = () => {
        worker.terminate()
        this.worker = null
        reject(new DOMException('cancelled', 'AbortError'))
      }
      signal.addEventListener('abort', stop, { once: true })
      worker.onerror = () => reject(new Refused({ title: this.words.failed }))
      worker.addEventListener('message', (event) => {
        if (event.data.id !== id) return
        signal.removeEventListener('abort', stop)
        if (event.data.error) reject(new Refused(problemOf(event.data.error, message.text, this.words)))
        else resolve(event.data.answer)
      })
      // The worker is in another folder than the page.
      const absolute = (/** @type {string} */ path) => new URL(path, document.baseURI).href
      worker.postMessage({ ...message, id, engine: absolute(this.paths.engine ?? ''), data: absolute(this.paths.data ?? '') })
    })
  }

  /**
   * What may be written at a place: things by their names. What fits a place is known to the service alone.
   * @param {string} kind
   * @param {[string, string][]} parameters
   */
  async complete(kind, parameters) {
    const given = Object.fromEntries(parameters)
    if (kind === 'labels') {
      const iris = parameters.filter(([name]) => name === 'iri').map(([, value]) => value)
      const found = await named(iris, this.paths.root, given.lang ?? 'en')
      for (const { iri, page } of found) this.pages.set(iri, page)
      return { labels: Object.fromEntries(found.map(({ iri, label }) => [iri, label])) }
    }
    if (kind === 'entities') return { items: await find(given.text ?? '', this.paths.root, given.lang ?? 'en') }
    return { items: [] }
  }
}

/**
 * What Oxigraph says, in its own words, with the place in the text that somebody wrote.
 * @param {string} message
 * @param {string} text
 * @param {any} words
 */
function problemOf(message, text, words) {
  const match = /at (\d+):(\d+)/u.exec(message)
  if (!match) return { title: words.engineFailed, says: message }
  const line = Number(match[1])
  const added = line === 1 ? (text.split('\n')[0].match(/^(?:PREFIX [^ ]* <[^>]*> )*/u)?.[0].length ?? 0) : 0
  return { title: words.engineRefused, says: message, line, column: Math.max(1, Number(match[2]) - added) }
}

/**
 * CSV in which no cell is evaluated.
 * @param {import('../terms.js').Answer} answer
 */
function spreadsheet(answer) {
  const safe = (/** @type {string} */ text) => (/^[=+\-@\t\r]/u.test(text) && Number.isNaN(Number(text)) ? `'${text}` : text)
  const cell = (/** @type {string} */ text) => (/[",\r\n]/u.test(text) ? `"${text.replaceAll('"', '""')}"` : text)
  const rows = answer.rows.slice(0, MOST).map((row) => answer.variables.map((variable) => {
    const term = row[variable]
    return cell(safe(term ? (term.type === 'bnode' ? `_:${term.value}` : String(term.value)) : ''))
  }))
  return [answer.variables, ...rows].map((row) => `${row.join(',')}\r\n`).join('')
}

/**
 * The query page. It works as a plain form; this makes an editor of its text, and runs queries without leaving it.
 */

import { cut, h, later, prose, put } from './dom.js'
import { MOST, Refused, Service } from './engine/service.js'
import { entries, forget, remember } from './history.js'
import { Labels } from './labels.js'
import { pathOf } from './paths.js'
import { preview } from './preview.js'
import { place } from './sparql/place.js'
import { filterable, withValues } from './stored.js'
import { tokens } from './sparql/tokens.js'
import { expand, shorten } from './terms.js'
import { prepare, views } from './answer/view.js'
import { language, phrases, words } from './words.js'

/**
 * What the server says of the page.
 * @typedef {{
 *   paths: { sparql: string, queries: string, complete: string, query: string, pages: string, root: string, worker?: string, engine?: string, data?: string },
 *   base: string, prefixes: Record<string, string>, build: string | null,
 *   stored: { name: string, text: string, parameters: { name: string, type: string }[] } | null,
 *   mode: 'service' | 'site',
 * }} Config
 */

const page = /** @type {HTMLElement | null} */ (document.querySelector('#query-page'))
if (page) start(page, JSON.parse(page.dataset.config ?? '{}'))

/**
 * @param {HTMLElement} page
 * @param {Config} config
 */
async function start(page, config) {
  const find = (/** @type {string} */ selector) => /** @type {any} */ (page.querySelector(selector))
  const engine = config.mode === 'site'
    ? new (await import('./engine/browser.js')).Browser(config.paths, config.prefixes, words)
    : new Service(config.paths, language)
  const form = find('#query-form')
  const answerBox = find('#answer')
  const status = find('#query-status')
  const textarea = find('#query-text')
  const address = new URL(location.href)
  const labels = new Labels(
    async (iris) => (await engine.complete('labels', [['lang', language], ...iris.map((iri) => /** @type {[string, string]} */ (['iri', iri]))])).labels,
    config.prefixes,
  )

  /** @type {import('./answer/view.js').Around} */
  const around = {
    language,
    words,
    prefixes: config.prefixes,
    pageOf,
    known: (iri) => labels.known(iri),
    labelOf: (iri) => labels.of(iri),
    label: (within) => void labels.show(within),
    copy,
    // Pictures are drawn as wide as there is room, so that their words can be read.
    width: () => Math.max(320, Math.min(1000, answerBox.clientWidth)),
    caption: (more) => h('figcaption', {}, [more, config.build ? words.fromBuild(shownBuild) : ''].filter(Boolean).join(' · ')),
  }
  let shownBuild = config.build ?? ''

  /** @param {string} iri */
  function pageOf(iri) {
    // Files of a site have names of their own, which the index of names knows.
    if (config.mode === 'site') return engine.pageOf(iri) ?? iri
    return config.paths.pages + pathOf(iri, config.base)
  }

  /** @param {string} text */
  async function copy(text) {
    try {
      await navigator.clipboard.writeText(text)
      status.textContent = words.copied
    } catch {
      status.textContent = ''
    }
  }

  // A file does not know what was asked for in its address.
  if (config.mode === 'site') fromAddress(form, address.searchParams)

  // The editor. Until somebody turns to it there is a field with the text, under a picture of it in colours.

  /** @type {ReturnType<typeof import('./editor.js').editor> | null} */
  let pad = null
  /** @type {Promise<void> | null} */
  let opening = null
  /** What is underlined. @type {{ from: number, to: number, severity: 'error', message: string } | null} */
  let wrong = null
  const box = find('.editor-box')
  const shown = box ? preview(box, words.editorHint) : null

  /** The query as it is now. */
  const text = () => pad?.text() ?? textarea?.value ?? ''
  const check = later(async (/** @type {string} */ checked) => {
    if (checked.trim() === '') return underline(null)
    try {
      const { problem } = await engine.complete('check', [['query', checked], ['lang', language]])
      if (text() === checked) underline(problem ? { ...problem, title: problem.message } : null)
    } catch {
      // The service says it again when the query is run.
    }
  }, 500)
  const explain = later((/** @type {number} */ at) => about(at), 300)

  /** Puts the editor in the place of the field. */
  function open() {
    opening ??= replaceField().catch(() => {
      // The field is there as long as the editor cannot be loaded.
      opening = null
    })
    return opening
  }

  async function replaceField() {
    const [{ editor }, { completions }] = await Promise.all([import('./editor.js'), import('./complete.js')])
    const isFocused = document.activeElement === textarea
    pad = editor({
      text: textarea.value,
      label: words.editorLabel,
      hint: words.editorHint,
      complete: completions({ ask: engine.completes ? (kind, all, signal) => engine.complete(kind, all, signal) : null, prefixes: config.prefixes, language }),
      changed(next) {
        textarea.value = next
        check(next)
      },
      moved: (at) => explain(at),
      run: () => form.requestSubmit(),
      format: layOut,
      phrases,
    })
    box.append(pad.host)
    if (wrong) pad.mark([wrong])
    if (isFocused) {
      pad.select(textarea.selectionStart, textarea.selectionEnd)
      pad.focus()
    }
    textarea.hidden = true
    shown?.host.remove()
  }

  if (textarea && shown) {
    const draw = () => shown.show(textarea.value, wrong)
    draw()
    box.append(shown.host)
    textarea.addEventListener('input', draw)
    // A browser that goes back puts what was written into the field.
    window.addEventListener('pageshow', draw)
    for (const turned of ['focusin', 'pointerenter']) box.addEventListener(turned, open, { once: true })
    textarea.addEventListener('keydown', (/** @type {KeyboardEvent} */ event) => {
      if (event.key !== 'Enter' || !(event.ctrlKey || event.metaKey)) return
      event.preventDefault()
      form.requestSubmit()
    })
    rememberHeight(box)
    find('label[for="query-text"]')?.addEventListener('click', () => pad?.focus())
  }
  const cancelButton = find('[data-do="cancel"]')
  cancelButton.addEventListener('click', () => stop())
  find('[data-do="format"]')?.addEventListener('click', layOut)
  find('[data-do="share"]').addEventListener('click', () => copy(location.href))

  async function layOut() {
    const { format } = await import('./sparql/format.js')
    const laidOut = format(text())
    wrong = null
    if (pad) return pad.replace(laidOut)
    textarea.value = laidOut
    shown?.show(laidOut)
  }

  /**
   * Shows the place of a problem in the text, or that there is none.
   * @param {import('./engine/service.js').Problem | null} problem
   */
  function underline(problem) {
    if (!shown) return
    wrong = null
    if (problem?.line) {
      const message = [problem.title, problem.expected && `${words.expected}: ${problem.expected}`, problem.hint].filter(Boolean).join('\n')
      wrong = { ...place(text(), problem.line, problem.column ?? 1), severity: 'error', message }
    }
    if (pad) pad.mark(wrong ? [wrong] : [])
    else shown.show(text(), wrong)
  }

  // Lists beside the editor.

  const storedList = find('#stored-list')
  if (storedList) filterable(storedList, find('.filter'), words)
  const past = find('#query-history')
  function showHistory() {
    if (!past) return
    const all = entries()
    put(past,
      h('h2', {}, words.history),
      all.length === 0 ? h('p', { class: 'quiet' }, words.noHistory) : h('ul', {}, all.slice(0, 12).map((one) => h('li', {},
        h('a', { href: `${config.paths.query}?${new URLSearchParams({ query: one.text, ...(one.inferred ? { inferred: 'true' } : {}) })}`, title: one.text }, summary(one.text))))),
      all.length === 0 ? null : h('button', { type: 'button', class: 'plain', onclick: () => { forget(); showHistory() } }, words.clearHistory),
    )
  }
  showHistory()

  // What is known of the term at the cursor.

  const help = find('#query-help')
  let asked = ''
  /** @param {number} at */
  async function about(at) {
    if (!help || !pad || !engine.completes) return
    const token = tokens(pad.text()).find((one) => one.from <= at && at <= one.to && ['iri', 'name'].includes(one.kind))
    const iri = token ? expand(token.text, { ...config.prefixes, ...declared(pad.text()) }) : null
    if (iri === asked) return
    asked = iri ?? ''
    if (!iri) return put(help)
    try {
      const known = await engine.complete('about', [['iri', iri], ['lang', language]])
      if (asked !== iri || !known.label) return
      const counts = [known.class, known.members ? words.members(known.members) : '', known.triples ? words.uses(known.triples) : '']
      put(help,
        h('h2', {}, words.about),
        h('p', {}, h('a', { href: pageOf(iri) }, known.label), ' ', h('code', {}, shorten(iri, config.prefixes))),
        known.description ? h('p', {}, known.description) : null,
        h('p', { class: 'quiet' }, counts.filter(Boolean).join(' · ')),
        known.examples?.length ? h('p', {}, `${words.examples}: `, known.examples.map((/** @type {any} */ one, /** @type {number} */ index) =>
          [index > 0 ? ', ' : '', one.iri ? h('a', { href: pageOf(one.iri) }, one.label) : one.label])) : null,
      )
    } catch {
      put(help)
    }
  }

  // Running.

  /** @type {AbortController | null} */
  let running = null
  let here = location.pathname + location.search

  /**
   * Changes the address.
   * @param {string | URL} address
   * @param {boolean} [isNew] whether the one before is kept in the browser's history
   */
  function go(address, isNew = false) {
    if (isNew) history.pushState(null, '', address)
    else history.replaceState(null, '', address)
    here = location.pathname + location.search
  }

  function stop() {
    running?.abort()
  }

  /** @returns {import('./engine/service.js').Question} */
  function question() {
    const fields = new FormData(form)
    const isParameter = config.stored?.parameters.some(({ name }) => name === 'inferred')
    const inferred = !isParameter && fields.get('inferred') === 'true'
    if (!config.stored) return { text: text(), inferred, build: config.build }
    const parameters = config.stored.parameters.map(({ name }) => /** @type {[string, string]} */ ([name, String(fields.get(name) ?? '')]))
    return { text: config.stored.text, inferred, stored: config.stored.name, parameters: parameters.filter(([, value]) => value !== ''), values: terms(fields), build: config.build }
  }

  /** The values of the form as terms of SPARQL. @param {FormData} fields */
  function terms(fields) {
    const all = (config.stored?.parameters ?? []).map(({ name, type }) => [name, inSparql(type, String(fields.get(name) ?? ''), config)])
    return Object.fromEntries(all.filter(([, value]) => value !== ''))
  }

  /**
   * @param {boolean} isNew whether the address changes
   */
  async function run(isNew) {
    const what = question()
    if (!what.stored && what.text.trim() === '') return (pad ?? textarea).focus()
    stop()
    const mine = new AbortController()
    running = mine
    const began = performance.now()
    answerBox.setAttribute('aria-busy', 'true')
    cancelButton.hidden = false
    const clock = setInterval(() => {
      status.textContent = words.running(((performance.now() - began) / 1000).toLocaleString(language, { minimumFractionDigits: 1, maximumFractionDigits: 1 }))
    }, 100)
    if (isNew) go(link(what), true)
    const drawing = prepare(new URL(location.href).searchParams.get('view')).catch(() => {})
    try {
      const answer = await engine.ask(what, mine.signal)
      if (running !== mine) return
      underline(null)
      shownBuild = answer.build ?? shownBuild
      if (!what.stored) {
        remember({ text: what.text, at: Date.now(), inferred: what.inferred })
        showHistory()
      }
      await Promise.all([labels.load(titlesNeeded(answer)), drawing])
      show(what, answer)
      go(link({ ...what, build: answer.build ?? what.build }))
    } catch (error) {
      if (running !== mine) return
      refuse(error)
    } finally {
      clearInterval(clock)
      if (running === mine) {
        running = null
        cancelButton.hidden = true
        answerBox.removeAttribute('aria-busy')
      }
    }
  }

  /**
   * The address of a question.
   * @param {import('./engine/service.js').Question} what
   */
  function link(what) {
    const parameters = new URLSearchParams(what.stored ? what.parameters : [['query', what.text]])
    if (what.inferred) parameters.set('inferred', 'true')
    if (what.build && config.mode === 'service') parameters.set('build', what.build)
    const view = new URL(location.href).searchParams.get('view')
    if (view) parameters.set('view', view)
    return `${location.pathname}?${parameters}`
  }

  /**
   * @param {import('./engine/service.js').Question} what
   * @param {import('./terms.js').Answer} answer
   */
  function show(what, answer) {
    const count = answer.kind === 'truth' ? null : answer.kind === 'graph' ? words.triples(answer.rows.length) : words.rows(answer.rows.length)
    const seconds = answer.milliseconds / 1000
    const time = seconds < 1 ? words.milliseconds(Math.round(answer.milliseconds)) : words.seconds(seconds.toLocaleString(language, { maximumFractionDigits: 1 }))
    status.textContent = [count, words.took(time), answer.build ? words.fromBuild(answer.build) : ''].filter(Boolean).join(' · ')
    const asked_ = { ...what, build: answer.build ?? what.build }
    const isEmpty = answer.kind !== 'truth' && answer.rows.length === 0
    const view = new URL(location.href).searchParams.get('view')
    put(answerBox,
      answer.isCut ? h('p', { class: 'cut', role: 'alert' }, words.cut(MOST), ' ', whole(asked_, answer)) : '',
      isEmpty ? h('div', { class: 'empty' }, h('p', {}, words.empty), answer.hints.length > 0 ? h('ul', {}, answer.hints.map((hint) => h('li', {}, prose(hint)))) : null) : '',
      isEmpty ? '' : views(answer, around, {
        view,
        chosen(name) {
          const next = new URL(location.href)
          if (name === 'table') next.searchParams.delete('view')
          else next.searchParams.set('view', name)
          go(next)
        },
      }),
      isEmpty ? '' : downloads(asked_, answer),
    )
  }

  /**
   * @param {import('./engine/service.js').Question} what
   * @param {import('./terms.js').Answer} answer
   */
  function whole(what, answer) {
    const format_ = answer.kind === 'graph' ? 'turtle' : 'csv'
    const link_ = engine.address(what, format_)
    return link_ ? h('a', { href: link_ }, `${words.whole} (${format_.toUpperCase()})`) : ''
  }

  /**
   * @param {import('./engine/service.js').Question} what
   * @param {import('./terms.js').Answer} answer
   */
  function downloads(what, answer) {
    const names = /** @type {Record<string, string>} */ ({ csv: 'CSV', tsv: 'TSV', json: 'JSON', xml: 'XML', turtle: 'Turtle', ntriples: 'N-Triples', jsonld: 'JSON-LD', rdfxml: 'RDF/XML', trig: 'TriG', nquads: 'N-Quads' })
    const formats = engine.formats[answer.kind]
    const links = formats.map((name) => engine.download(what, answer, name, names[name]))
    if (answer.kind === 'solutions') links.push(engine.download(what, answer, 'spreadsheet', words.forSpreadsheets))
    return h('p', { class: 'downloads' }, `${words.download}: `, links.flatMap((one, at) => (at > 0 ? [' · ', one] : [one])))
  }

  /** @param {unknown} error */
  function refuse(error) {
    if (error instanceof DOMException && error.name === 'AbortError') {
      status.textContent = words.cancelled
      return
    }
    status.textContent = ''
    if (!(error instanceof Refused)) {
      const isCut = error instanceof TypeError || error instanceof SyntaxError
      put(answerBox, h('div', { class: 'problem', role: 'alert' }, h('p', {}, isCut && navigator.onLine ? words.broken : words.failed)))
      return
    }
    const all = [error.problem, ...(error.problem.others ?? [])]
    put(answerBox, h('div', { class: 'problem', role: 'alert' }, all.map((problem) => {
      const at = problem.line && textarea ? h('button', {
        type: 'button', class: 'plain',
        onclick: async () => {
          await open()
          const where = place(text(), problem.line ?? 1, problem.column ?? 1)
          pad?.select(where.from, where.to)
          ;(pad ?? textarea).focus()
        },
      }, words.at(problem.line, problem.column ?? 1)) : null
      return [
        h('p', { class: 'title' }, prose(problem.title), ' ', at),
        problem.says ? h('p', { lang: 'en' }, h('code', {}, problem.says)) : null,
        problem.found ? h('p', {}, `${words.found}: `, h('code', {}, problem.found)) : null,
        problem.expected ? h('p', {}, `${words.expected}: `, prose(problem.expected)) : null,
        problem.hint ? h('p', {}, `${words.hint}: `, prose(problem.hint)) : null,
      ]
    })))
    underline(error.problem)
  }

  form.addEventListener('submit', (/** @type {SubmitEvent} */ event) => {
    event.preventDefault()
    run(true)
  })
  document.addEventListener('keydown', (event) => {
    if (event.key === 'Escape' && running && !event.defaultPrevented) stop()
  })
  // Going to a part of the page, as the link to its content does, is no other question.
  window.addEventListener('popstate', () => {
    if (location.pathname + location.search !== here) location.reload()
  })

  // A form for a stored query.

  if (config.stored) {
    const stored = config.stored
    for (const { name, type } of stored.parameters) {
      const input = form.elements.namedItem(name)
      if (type === 'iri' && input && engine.completes) suggest(/** @type {HTMLInputElement} */ (input))
    }
    find('[data-do="edit"]').addEventListener('click', () => {
      const parameters = new URLSearchParams({ query: withValues(stored.text, terms(new FormData(form))) })
      location.href = `${config.paths.query}?${parameters}`
    })
  }

  /** Things by their labels. @param {HTMLInputElement} input */
  function suggest(input) {
    const list = h('datalist', { id: `${input.id}-things` })
    input.after(list)
    input.setAttribute('list', list.id)
    input.autocomplete = 'off'
    input.addEventListener('input', later(async () => {
      if (input.value.trim().length < 2 || input.value.includes('/')) return
      const { items } = await engine.complete('entities', [['text', input.value], ['lang', language]])
      list.replaceChildren(...items.map((/** @type {any} */ one) => h('option', { value: shorten(one.iri, config.prefixes), label: [one.label, one.detail].filter(Boolean).join(' · ') })))
    }, 150))
  }

  const isAsked = config.stored ? form.checkValidity() : address.searchParams.get('query') !== null
  if (isAsked && page.dataset.refused === undefined) run(false)
}

/**
 * Puts the parameters of an address into a form.
 * @param {HTMLFormElement} form
 * @param {URLSearchParams} parameters
 */
function fromAddress(form, parameters) {
  for (const [name, value] of parameters) {
    const field = form.elements.namedItem(name)
    if (field instanceof HTMLInputElement && field.type === 'checkbox') field.checked = value === field.value
    else if (field instanceof HTMLInputElement || field instanceof HTMLTextAreaElement || field instanceof HTMLSelectElement) field.value = value
  }
}

/**
 * IRIs whose labels views draw, where there are few enough to ask for.
 * @param {import('./terms.js').Answer} answer
 */
function titlesNeeded(answer) {
  const iris = new Set()
  for (const row of answer.rows.slice(0, 1000)) {
    for (const term of Object.values(row)) {
      if (term.type === 'uri') iris.add(term.value)
      if (iris.size >= 500) return iris
    }
  }
  return iris
}

/** The first words of a query that say what it is about. @param {string} text */
function summary(text) {
  const plain = text.replace(/^\s*(?:PREFIX|BASE)\b.*$/gimu, '').replace(/^\s*#\s*(?:title:\s*)?/u, '').replace(/\s+/gu, ' ').trim()
  return cut(plain, 70)
}

/** The prefixes that a query declares. @param {string} text */
function declared(text) {
  /** @type {Record<string, string>} */
  const found = {}
  for (const match of text.matchAll(/PREFIX\s+([^\s:]*):\s*<([^>]*)>/giu)) found[match[1]] = match[2]
  return found
}

/**
 * The value of a parameter as SPARQL has it.
 * @param {string} type
 * @param {string} value
 * @param {Config} config
 */
function inSparql(type, value, config) {
  if (value === '') return ''
  const quoted = JSON.stringify(value)
  const typed = (/** @type {string} */ name) => `${quoted}^^<http://www.w3.org/2001/XMLSchema#${name}>`
  if (type === 'iri') {
    if (/^<[^<>"{}|^`\\\s]*>$/u.test(value)) return value
    if (expand(value, config.prefixes) !== null) return value
    return /^[a-z][a-z0-9+.-]*:/iu.test(value) ? `<${value}>` : `<${config.base}id/${value}>`
  }
  return type === 'integer' || type === 'decimal' || type === 'boolean' ? value : type === 'date' || type === 'gYear' ? typed(type) : quoted
}

/** Keeps the height that somebody gave the editor. @param {HTMLElement} box */
function rememberHeight(box) {
  const KEY = 'civigraph-editor-height'
  try {
    const kept = Number(localStorage.getItem(KEY))
    if (kept >= 120 && kept <= 2000) box.style.height = `${kept}px`
    let isFirst = true
    new ResizeObserver(later(() => {
      if (!isFirst) localStorage.setItem(KEY, String(Math.round(box.getBoundingClientRect().height)))
      isFirst = false
    }, 300)).observe(box)
  } catch {
    // Without storage the height is the usual one.
  }
}


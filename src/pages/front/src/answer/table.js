/**
 * Answers as a table: sorted by any column, with labels beside IRIs, a thousand rows at a time. Narrow screens show a
 * card a row; roles say that it is a table all the same.
 */

import { h } from '../dom.js'
import { numberOf, shorten, textOf, timeOf } from '../terms.js'
import { isDateName } from './columns.js'

/** Rows that are added at a time. */
const STEP = 1000

/**
 * @param {import('../terms.js').Answer} answer
 * @param {import('./view.js').Around} around
 */
export function table(answer, around) {
  const { words } = around
  let rows = answer.rows
  let sorted = { column: '', descending: false }
  let shown = 0
  const body = h('tbody', { role: 'rowgroup' })
  const heads = answer.variables.map((variable) => {
    const button = h('button', { type: 'button', class: 'sort', onclick: () => sort(variable) }, variable)
    const copy = h('button', {
      type: 'button', class: 'copy',
      onclick: () => around.copy(rows.map((row) => textOf(row[variable])).join('\n')),
    }, words.copy, h('span', { class: 'unseen' }, ` ${words.column} ${variable}`))
    return h('th', { scope: 'col', role: 'columnheader', 'aria-sort': 'none' }, h('span', { class: 'head' }, button, copy))
  })
  const more = h('button', { type: 'button', class: 'more', onclick: () => extend() })
  const element = h('div', { class: 'table-view' },
    h('div', { class: 'scroll', tabindex: '0', role: 'region', 'aria-label': words.table },
      h('table', { class: 'answer', role: 'table' }, h('thead', { role: 'rowgroup' }, h('tr', { role: 'row' }, heads)), body)),
    more)

  function extend() {
    const part = rows.slice(shown, shown + STEP)
    body.append(...part.map((row) => line(row)))
    shown += part.length
    more.hidden = shown >= rows.length
    more.textContent = words.moreRows(Math.min(STEP, rows.length - shown), rows.length)
    around.label(body)
  }

  /** @param {Record<string, import('../terms.js').Term>} row */
  const line = (row) => h('tr', { role: 'row' }, answer.variables.map((variable) => h('td', { role: 'cell', 'data-column': variable, class: isLong(row[variable]) && 'long' }, cell(row[variable], around))))

  /** Whether a term has a word that is too long for a column. @param {import('../terms.js').Term | undefined} term */
  const isLong = (term) => term?.type === 'uri' ? !around.known(term.value) && shorten(term.value, around.prefixes).length > 32 : /\S{33}/u.test(textOf(term))

  /** @param {string} variable */
  function sort(variable) {
    const descending = sorted.column === variable && !sorted.descending
    sorted = { column: variable, descending }
    const collator = new Intl.Collator(around.language, { numeric: true })
    const key = (/** @type {Record<string, import('../terms.js').Term>} */ row) => {
      const term = row[variable]
      const number = numberOf(term) ?? (isDateName(variable) ? timeOf(term, true)?.from : null) ?? null
      const text = term?.type === 'uri' ? around.labelOf(term.value) : textOf(term)
      return { number, text, missing: !term }
    }
    const keyed = answer.rows.map((row, at) => ({ row, at, ...key(row) }))
    keyed.sort((a, b) => {
      // What is missing comes last in both directions.
      if (a.missing !== b.missing) return a.missing ? 1 : -1
      const order = a.number !== null && b.number !== null ? a.number - b.number : collator.compare(a.text, b.text)
      return (descending ? -order : order) || a.at - b.at
    })
    rows = keyed.map((one) => one.row)
    heads.forEach((head, at) => {
      const is = answer.variables[at] === variable
      head.setAttribute('aria-sort', is ? (descending ? 'descending' : 'ascending') : 'none')
    })
    body.replaceChildren()
    shown = 0
    extend()
  }

  extend()
  return element
}

/**
 * A term in a table or a list.
 * @param {import('../terms.js').Term | undefined} term
 * @param {import('./view.js').Around} around
 * @returns {any}
 */
export function cell(term, around) {
  if (!term) return h('span', { class: 'missing', title: around.words.unbound }, '—')
  if (term.type === 'uri') {
    const short = shorten(term.value, around.prefixes)
    const label = around.known(term.value)
    // The text is filled in by the label as it arrives; the name stays for those who need it.
    return h('a', { href: around.pageOf(term.value), title: term.value, class: 'iri', 'data-iri': term.value }, label ?? short)
  }
  if (term.type === 'bnode') return h('span', { class: 'blank' }, `_:${term.value}`)
  if (term.type === 'triple') {
    const { subject, predicate, object } = term.value
    return h('span', { class: 'triple' }, '« ', cell(subject, around), ' ', cell(predicate, around), ' ', cell(object, around), ' »')
  }
  const number = numberOf(term)
  if (number !== null) return h('span', { class: 'number', title: term.value }, term.value)
  return h('span', { lang: term['xml:lang'] || null, dir: 'auto' }, term.value)
}

/** Stored queries: the list with a filter, and the text with the values of a form in it. */

import { h } from './dom.js'
import { isWord, tokens } from './sparql/tokens.js'

/**
 * Filters the list of stored queries by what is typed.
 * @param {HTMLElement} list
 * @param {HTMLInputElement} input
 * @param {any} words
 */
export function filterable(list, input, words) {
  /** @type {HTMLElement[]} */
  const items = [...list.querySelectorAll('li')]
  const none = h('p', { class: 'quiet', role: 'status' })
  input.addEventListener('input', () => {
    const wanted = input.value.toLowerCase().split(/\s+/u).filter(Boolean)
    let shown = 0
    for (const item of items) {
      const text = `${item.textContent} ${item.dataset.words ?? ''}`.toLowerCase()
      item.hidden = !wanted.every((/** @type {string} */ word) => text.includes(word))
      if (!item.hidden) shown += 1
    }
    none.textContent = shown === 0 ? words.noStored : ''
  })
  list.after(none)
}

/**
 * The text of a stored query with values in the places of its parameters, to go on from.
 * @param {string} text
 * @param {Record<string, string>} values terms in SPARQL, by the names of variables without `?`
 */
export function withValues(text, values) {
  let written = ''
  let at = 0
  let isProjection = false
  let parens = 0
  const all = tokens(text)
  all.forEach((token, index) => {
    if (isWord(token, 'SELECT')) isProjection = true
    if (isWord(token, 'WHERE', 'FROM') || token.text === '{') isProjection = false
    if (token.text === '(') parens += 1
    if (token.text === ')') parens -= 1
    const value = token.kind === 'variable' ? values[token.text.slice(1)] : undefined
    if (value === undefined || isWord(all[index - 1], 'AS')) return
    const isColumn = isProjection && parens === 0
    written += text.slice(at, token.from) + (isColumn ? `(${value} AS ${token.text})` : value)
    at = token.to
  })
  const rest = written + text.slice(at)
  // The header is about parameters that are no longer there.
  return rest.replace(/^# (?:param(?:@[\w-]+)?|tags):.*\n/gmu, '')
}

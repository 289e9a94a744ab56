/** Answers as they came. */

import { h } from '../dom.js'

/** Characters that are shown. */
const MOST = 200_000

/**
 * @param {import('../terms.js').Answer} answer
 * @param {import('./view.js').Around} around
 */
export function raw(answer, around) {
  const text = answer.media.endsWith('json') ? pretty(answer.raw) : answer.raw
  const note = text.length > MOST ? h('p', { class: 'quiet' }, around.words.rawCut) : null
  return h('div', { class: 'raw' }, note,
    h('pre', { tabindex: '0', role: 'region', 'aria-label': answer.media }, h('code', {}, text.slice(0, MOST))))
}

/** @param {string} text */
function pretty(text) {
  if (text.length > 2 * MOST) return text
  try {
    return JSON.stringify(JSON.parse(text), null, 2)
  } catch {
    return text
  }
}

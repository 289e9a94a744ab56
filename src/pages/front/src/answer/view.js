/**
 * An answer with its views, downloads, hints and what is missing of it.
 *
 * @typedef {import('../terms.js').Answer} Answer
 * @typedef {{
 *   language: string,
 *   words: any,
 *   prefixes: Record<string, string>,
 *   pageOf: (iri: string) => string,
 *   known: (iri: string) => string | undefined,
 *   labelOf: (iri: string) => string,
 *   label: (within: Element) => void,
 *   copy: (text: string) => void,
 *   caption: (more: string) => any,
 *   width: () => number,
 * }} Around what views need of the page
 */

import { h } from '../dom.js'
import { dates, nodes, points, series } from './columns.js'
import { table } from './table.js'

/**
 * The views, each with why it does not fit an answer. All but the table are loaded when they are first wanted.
 * @type {{ name: string, reason: (answer: Answer, words: any) => string | null, load: () => Promise<(answer: Answer, around: Around) => any> }[]}
 */
const VIEWS = [
  { name: 'table', reason: (answer, words) => (answer.rows.length > 0 ? null : words.noRows), load: async () => table },
  {
    name: 'graph',
    reason: (answer, words) => (answer.rows.length > 0 && (answer.kind === 'graph' || nodes(answer).length > 1) ? null : words.noNodes),
    load: async () => (await import('./graph.js')).graph,
  },
  {
    name: 'timeline',
    reason: (answer, words) => (dates(answer).length > 0 ? null : words.noDates),
    load: async () => (await import('./timeline.js')).timeline,
  },
  { name: 'map', reason: (answer, words) => (points(answer) ? null : words.noPoints), load: async () => (await import('./map.js')).map },
  {
    name: 'chart',
    reason: (answer, words) => (answer.rows.length < 2 ? words.fewRows : series(answer).length > 0 ? null : words.noNumbers),
    load: async () => (await import('./chart.js')).chart,
  },
  { name: 'raw', reason: () => null, load: async () => (await import('./raw.js')).raw },
]

/**
 * Loads what draws a view, so that it is there with the answer and nothing moves.
 * @param {string | null} name
 */
export async function prepare(name) {
  await VIEWS.find((one) => one.name === name)?.load()
}

/**
 * @param {Answer} answer
 * @param {Around} around
 * @param {{ view: string | null, chosen: (view: string) => void }} options
 */
export function views(answer, around, { view, chosen }) {
  const { words } = around
  const panel = h('div', { class: 'panel', role: 'tabpanel', id: 'answer-panel', tabindex: '-1' })
  const why = h('p', { class: 'why', role: 'status' })
  const tabs = VIEWS.map((one) => {
    const reason = one.reason(answer, words)
    const tab = h('button', {
      type: 'button', role: 'tab', id: `view-${one.name}`, 'aria-controls': 'answer-panel', 'aria-selected': 'false',
      'aria-disabled': reason ? 'true' : null, title: reason, tabindex: '-1',
      onclick: () => (reason ? explain(reason) : select(one.name)),
    }, words[one.name])
    return { ...one, reason, tab }
  })
  const list = h('div', { class: 'tabs', role: 'tablist', 'aria-label': words.views, onkeydown: move }, tabs.map((one) => one.tab))

  /** @param {string} reason */
  function explain(reason) {
    why.textContent = reason
  }

  let last = 0
  /** @param {string} name */
  async function select(name) {
    const one = tabs.find((tab) => tab.name === name) ?? tabs[0]
    for (const { tab } of tabs) {
      tab.setAttribute('aria-selected', String(tab === one.tab))
      tab.tabIndex = tab === one.tab ? 0 : -1
    }
    why.textContent = ''
    panel.setAttribute('aria-labelledby', one.tab.id)
    last += 1
    const mine = last
    const draw = await one.load()
    const drawn = await draw(answer, around)
    if (mine !== last) return
    panel.replaceChildren(drawn)
    panel.dataset.view = one.name
    // On narrow screens there are more tabs than are seen.
    list.scrollLeft = one.tab.offsetLeft - list.offsetLeft - (list.clientWidth - one.tab.offsetWidth) / 2
    chosen(one.name)
  }

  /** @param {KeyboardEvent} event */
  function move(event) {
    const steps = /** @type {Record<string, number>} */ ({ ArrowRight: 1, ArrowLeft: -1, Home: -Infinity, End: Infinity })
    const step = steps[event.key]
    if (step === undefined) return
    event.preventDefault()
    const here = tabs.findIndex(({ tab }) => tab === document.activeElement)
    const next = Number.isFinite(step) ? (here + step + tabs.length) % tabs.length : step < 0 ? 0 : tabs.length - 1
    tabs[next].tab.focus()
    if (!tabs[next].reason) select(tabs[next].name)
    else explain(tabs[next].reason)
  }

  const wanted = tabs.find((one) => one.name === view && !one.reason) ?? tabs.find((one) => !one.reason)
  if (answer.kind === 'truth') {
    return h('div', { class: 'views' }, h('p', { class: 'truth' }, answer.truth ? words.yes : words.no))
  }
  if (wanted) select(wanted.name)
  return h('div', { class: 'views' }, list, why, panel)
}

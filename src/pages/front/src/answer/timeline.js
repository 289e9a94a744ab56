/**
 * Answers on a time line: one line a row, from its first possible day to its last.
 */

import { LETTER, cut, h, s } from '../dom.js'
import { timeOf } from '../terms.js'
import { dates, isDateName, titles } from './columns.js'

const ROW = 26
const LEFT = 20
const TOP = 34
/** Rows that are drawn. */
const MOST = 200
const DAY = 86_400_000

/**
 * @param {import('../terms.js').Answer} answer
 * @param {import('./view.js').Around} around
 */
export function timeline(answer, around) {
  const { words } = around
  const columns = dates(answer)
  const title = titles(answer, around.labelOf)
  const node = answer.variables.find((variable) => answer.rows.some((row) => row[variable]?.type === 'uri'))
  const all = answer.rows
    .map((row) => ({ row, time: spanOf(row, columns) }))
    .filter((one) => one.time !== null)
    .sort((a, b) => /** @type {any} */ (a.time).from - /** @type {any} */ (b.time).from)
  const shown = all.slice(0, MOST)
  const from = Math.min(...shown.map((one) => /** @type {any} */ (one.time).from))
  const to = Math.max(...shown.map((one) => /** @type {any} */ (one.time).to), from + 30 * DAY)
  const margin = (to - from) * 0.02
  const wide = around.width()
  const x = (/** @type {number} */ time) => LEFT + ((time - from + margin) / (to - from + 2 * margin)) * (wide - 2 * LEFT)
  const height = TOP + shown.length * ROW + 12
  const marks = ticks(from, to, Math.floor(wide / 75)).map((tick) => s('g', {},
    s('line', { class: 'grid', x1: x(tick.time), x2: x(tick.time), y1: TOP - 8, y2: height - 8 }),
    s('text', { class: 'tick', x: x(tick.time), y: TOP - 14, 'text-anchor': 'middle' }, tick.text)))
  const lines = shown.map(({ row, time }, at) => {
    const span = /** @type {{ from: number, to: number }} */ (time)
    const [start, end] = [x(span.from), x(span.to)]
    const y = TOP + at * ROW
    const name = title(row)
    const isRight = start > wide * 0.6
    const width = Math.max(end - start, 6)
    const letters = Math.min(70, Math.floor((isRight ? start : wide - start - width) / LETTER))
    const label = s('text', {
      class: 'label', x: isRight ? start - 6 : start + width + 6, y: y + 13, 'text-anchor': isRight ? 'end' : 'start',
    }, cut(name, letters))
    const when = columns.map((column) => row[column]?.value).filter(Boolean).join(' – ')
    const bar = s('rect', { class: 'bar', x: start, y: y + 3, width, height: 12, rx: 3 })
    const content = [s('title', {}, `${name}\n${when}`), bar, label]
    const address = node && row[node]?.type === 'uri' ? around.pageOf(row[node].value) : null
    return address ? s('a', { href: address }, content) : s('g', {}, content)
  })
  const svg = s('svg', { viewBox: `0 0 ${wide} ${height}`, class: 'timeline', role: 'group', 'aria-label': words.timelineOf(shown.length) }, marks, lines)
  const left = answer.rows.length - shown.length
  return h('figure', {}, h('div', { class: 'scroll', tabindex: '0', role: 'region', 'aria-label': words.timeline }, svg),
    around.caption(left > 0 ? words.notShown(left) : ''))
}

/**
 * From the first to the last moment that a row names.
 * @param {Record<string, import('../terms.js').Term>} row
 * @param {string[]} columns
 */
function spanOf(row, columns) {
  const times = columns.map((column) => timeOf(row[column], isDateName(column))).filter((time) => time !== null)
  if (times.length === 0) return null
  return { from: Math.min(...times.map((time) => time.from)), to: Math.max(...times.map((time) => time.to)) }
}

/**
 * Years, or months where there are few years.
 * @param {number} from
 * @param {number} to
 * @param {number} most
 */
function ticks(from, to, most) {
  const years = (to - from) / (365.25 * DAY)
  const found = []
  if (years > 2) {
    const step = [1, 2, 5, 10, 20, 50, 100, 200, 500].find((size) => years / size <= most) ?? 1000
    const first = Math.ceil(new Date(from).getUTCFullYear() / step) * step
    for (let year = first; ; year += step) {
      const date = new Date(Date.UTC(2000, 0, 1))
      date.setUTCFullYear(year)
      if (date.getTime() > to) return found
      if (date.getTime() >= from) found.push({ time: date.getTime(), text: String(year) })
    }
  }
  const date = new Date(from)
  const step = [1, 3, 6, 12].find((size) => (years * 12) / size <= most) ?? 12
  for (let month = 0; ; month += step) {
    const time = Date.UTC(date.getUTCFullYear(), date.getUTCMonth() + month, 1)
    if (time > to) return found
    if (time >= from) found.push({ time, text: new Date(time).toISOString().slice(0, 7) })
  }
}

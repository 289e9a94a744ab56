/**
 * Answers as a chart: bars, or lines where the rows are moments. At most six series, in the colours of Okabe and Ito,
 * with their names at the lines.
 */

import { LETTER, cut, h, s } from '../dom.js'
import { numberOf, textOf, timeOf } from '../terms.js'
import { columnsOf, dates, isDateName, nodes, series, texts } from './columns.js'

/** Bars that can be read. */
const BARS = 60
const BAR = 24

/**
 * @param {import('../terms.js').Answer} answer
 * @param {import('./view.js').Around} around
 */
export function chart(answer, around) {
  const [time] = dates(answer).filter((variable) => !series(answer).includes(variable))
  const isUnique = time && new Set(answer.rows.map((row) => textOf(row[time]))).size === answer.rows.length
  return isUnique && answer.rows.length > 2 ? lines(answer, time, around) : bars(answer, around)
}

/**
 * @param {import('../terms.js').Answer} answer
 * @param {import('./view.js').Around} around
 */
function bars(answer, around) {
  const { words } = around
  const drawn = series(answer)
  const name = labels(answer, drawn, around)
  const rows = answer.rows.slice(0, BARS)
  const values = rows.flatMap((row) => drawn.map((variable) => numberOf(row[variable]) ?? 0))
  const low = Math.min(0, ...values)
  const high = Math.max(0, ...values)
  const scale = steps(low, high)
  const wide = around.width()
  const names = rows.map(name)
  const left = Math.min(320, wide * 0.42, 24 + LETTER * Math.max(...names.map((text) => text.length)))
  /** Letters of a name that fit. */
  const fitting = Math.floor((left - 16) / LETTER)
  const x = (/** @type {number} */ value) => left + ((value - scale.low) / (scale.high - scale.low)) * (wide - left - 70)
  const group = BAR * drawn.length + 10
  const height = 30 + rows.length * group + 8
  const grid = scale.ticks.map((tick) => s('g', {},
    s('line', { class: 'grid', x1: x(tick), x2: x(tick), y1: 24, y2: height - 8 }),
    s('text', { class: 'tick', x: x(tick), y: 16, 'text-anchor': 'middle' }, tick.toLocaleString(around.language))))
  const shapes = rows.map((row, at) => s('g', {},
    s('text', { class: 'label', x: left - 8, y: 30 + at * group + group / 2, 'text-anchor': 'end', 'dominant-baseline': 'middle' },
      cut(names[at], fitting)),
    drawn.map((variable, which) => {
      const value = numberOf(row[variable])
      if (value === null) return null
      const y = 30 + at * group + 4 + which * BAR
      const [start, end] = [Math.min(x(0), x(value)), Math.max(x(0), x(value))]
      const shown = drawn.length > 1 ? `${value.toLocaleString(around.language)} ${variable}` : value.toLocaleString(around.language)
      return s('g', {},
        s('title', {}, `${names[at]}: ${variable} ${textOf(row[variable])}`),
        s('rect', { class: `series-${which}`, x: start, y, width: Math.max(end - start, 1), height: BAR - 4 }),
        s('text', { class: 'value', x: end + 6, y: y + (BAR - 4) / 2, 'dominant-baseline': 'middle' }, shown))
    })))
  const svg = s('svg', { viewBox: `0 0 ${wide} ${height}`, class: 'chart', role: 'group', 'aria-label': words.chartOf(drawn.join(', ')) }, grid, shapes)
  const hidden = answer.rows.length - rows.length
  return h('figure', {}, h('div', { class: 'scroll', tabindex: '0', role: 'region', 'aria-label': words.chart }, svg),
    around.caption(hidden > 0 ? words.notShown(hidden) : ''))
}

/**
 * @param {import('../terms.js').Answer} answer
 * @param {string} time
 * @param {import('./view.js').Around} around
 */
function lines(answer, time, around) {
  const { words } = around
  const drawn = series(answer)
  const at = (/** @type {any} */ row) => timeOf(row[time], isDateName(time))?.from
  const rows = answer.rows.filter((row) => at(row) !== undefined).sort((a, b) => Number(at(a)) - Number(at(b)))
  const values = rows.flatMap((row) => drawn.map((variable) => numberOf(row[variable])).filter((value) => value !== null))
  const scale = steps(Math.min(0, ...values), Math.max(0, ...values))
  const [first, last] = [Number(at(rows[0])), Number(at(rows.at(-1)))]
  const height = 380
  const wide = around.width()
  /** Room for names at the ends of lines. */
  const right = Math.min(190, wide * 0.25)
  const x = (/** @type {number} */ when) => 70 + ((when - first) / Math.max(1, last - first)) * (wide - 70 - right)
  const y = (/** @type {number} */ value) => height - 36 - ((value - scale.low) / (scale.high - scale.low)) * (height - 60)
  const grid = scale.ticks.map((tick) => s('g', {},
    s('line', { class: 'grid', x1: 70, x2: wide - right, y1: y(tick), y2: y(tick) }),
    s('text', { class: 'tick', x: 62, y: y(tick), 'text-anchor': 'end', 'dominant-baseline': 'middle' }, tick.toLocaleString(around.language))))
  const every = Math.ceil(rows.length / Math.floor(wide / 100))
  const marks = rows.filter((_, index) => index % every === 0).map((row) =>
    s('text', { class: 'tick', x: x(Number(at(row))), y: height - 14, 'text-anchor': 'middle' }, textOf(row[time])))
  const shapes = drawn.map((variable, which) => {
    const places = rows.filter((row) => numberOf(row[variable]) !== null)
      .map((row) => ({ x: x(Number(at(row))), y: y(Number(numberOf(row[variable]))), text: `${textOf(row[time])}: ${textOf(row[variable])}` }))
    const end = places.at(-1)
    return s('g', {},
      s('polyline', { class: `line line-${which}`, points: places.map((place) => `${place.x},${place.y}`).join(' ') }),
      places.map((place) => s('circle', { class: `series-${which}`, cx: place.x, cy: place.y, r: 4 }, s('title', {}, place.text))),
      end ? s('text', { class: 'label', x: end.x + 10, y: end.y, 'dominant-baseline': 'middle' }, variable) : null)
  })
  const svg = s('svg', { viewBox: `0 0 ${wide} ${height}`, class: 'chart', role: 'group', 'aria-label': words.chartOf(drawn.join(', ')) }, grid, marks, shapes)
  return h('figure', {}, h('div', { class: 'scroll', tabindex: '0', role: 'region', 'aria-label': words.chart }, svg), around.caption(''))
}

/**
 * What each bar is called.
 * @param {import('../terms.js').Answer} answer
 * @param {string[]} drawn
 * @param {import('./view.js').Around} around
 */
function labels(answer, drawn, around) {
  const [text] = [...texts(answer), ...dates(answer)].filter((variable) => !drawn.includes(variable))
  const [node] = nodes(answer)
  const [other] = columnsOf(answer, () => true).filter((variable) => !drawn.includes(variable))
  return (/** @type {Record<string, import('../terms.js').Term>} */ row, /** @type {number} */ at) => {
    if (text && row[text]) return textOf(row[text])
    const term = row[node ?? other]
    if (!term) return String(at + 1)
    return term.type === 'uri' ? around.labelOf(term.value) : textOf(term)
  }
}

/**
 * Round numbers around a range.
 * @param {number} low
 * @param {number} high
 */
function steps(low, high) {
  const range = high - low || 1
  const rough = range / 5
  const power = 10 ** Math.floor(Math.log10(rough))
  const size = /** @type {number} */ ([1, 2, 2.5, 5, 10].find((one) => one * power >= rough)) * power
  const first = Math.floor(low / size) * size
  const ticks = []
  for (let tick = first; tick < high + size; tick += size) ticks.push(Number(tick.toPrecision(12)))
  return { low: first, high: /** @type {number} */ (ticks.at(-1)), ticks }
}

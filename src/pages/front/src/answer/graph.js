/**
 * Answers as a graph: things as nodes, what connects them as lines. Places are found once, before it is drawn, so that
 * nothing moves by itself.
 */

import { forceCollide, forceLink, forceManyBody, forceSimulation, forceX, forceY } from 'd3-force'
import { cut, h, s } from '../dom.js'
import { textOf } from '../terms.js'
import { nodes } from './columns.js'

const WIDTH = 1000
const HEIGHT = 620
/** Nodes that can still be told apart. */
const MOST = 150

/**
 * @param {import('../terms.js').Answer} answer
 * @param {import('./view.js').Around} around
 */
export function graph(answer, around) {
  const { words } = around
  const all = edges(answer)
  /** @type {Map<string, any>} */
  const found = new Map()
  const node = (/** @type {import('../terms.js').Term} */ term) => {
    const key = `${term.type} ${textOf(term)}`
    const known = found.get(key)
    if (known) return known
    if (found.size >= MOST) return null
    const made = { term, links: 0 }
    found.set(key, made)
    return made
  }
  const links = []
  for (const edge of all) {
    const [source, target] = [node(edge.from), node(edge.to)]
    if (!source || !target) continue
    source.links += 1
    target.links += 1
    links.push({ source, target, name: edge.name })
  }
  const list = [...found.values()]
  place(list, links)
  const label = (/** @type {any} */ one) => {
    return cut(one.term.type === 'uri' ? around.labelOf(one.term.value) : textOf(one.term), 34)
  }
  const lines = links.map((link) => {
    const line = s('line', { class: 'edge' }, s('title', {}, link.name))
    const name = s('text', { class: 'edge-name', 'text-anchor': 'middle' }, links.length <= 40 ? link.name : '')
    return { link, line, name }
  })
  const dots = list.map((one) => {
    const circle = s('circle', { class: one.term.type === 'uri' ? 'node' : 'node literal', r: Math.min(12, 5 + Math.sqrt(one.links)) })
    const text = s('text', { class: 'label', dx: 12, dy: 4 }, label(one))
    const title = s('title', {}, textOf(one.term))
    const group = one.term.type === 'uri'
      ? s('a', { href: around.pageOf(one.term.value), class: 'node-group' }, title, circle, text)
      : s('g', { class: 'node-group' }, title, circle, text)
    return { one, group }
  })
  const draw = () => {
    for (const { link, line, name } of lines) {
      const { source, target } = link
      for (const [key, value] of Object.entries({ x1: source.x, y1: source.y, x2: target.x, y2: target.y })) line.setAttribute(key, value)
      name.setAttribute('x', (source.x + target.x) / 2)
      name.setAttribute('y', (source.y + target.y) / 2 - 4)
    }
    for (const { one, group } of dots) group.setAttribute('transform', `translate(${one.x} ${one.y})`)
  }
  draw()
  const svg = s('svg', { viewBox: `0 0 ${WIDTH} ${HEIGHT}`, class: 'graph', role: 'group', 'aria-label': words.graphOf(list.length, links.length) },
    lines.map((one) => [one.line, one.name]), dots.map((one) => one.group))
  for (const { one, group } of dots) drag(svg, group, one, draw)
  const rest = all.length - links.length
  return h('figure', {}, h('div', { class: 'scroll', tabindex: '0', role: 'region', 'aria-label': words.graph }, svg),
    around.caption(rest > 0 ? words.edgesNotShown(rest) : ''))
}

/**
 * What is connected: subjects with objects, or the first things of rows with the others.
 * @param {import('../terms.js').Answer} answer
 */
function edges(answer) {
  if (answer.kind === 'graph') {
    return answer.rows
      .filter((row) => row.object.type !== 'literal' || answer.rows.length <= 60)
      .map((row) => ({ from: row.subject, to: row.object, name: nameOf(textOf(row.predicate)) }))
  }
  const [first, ...others] = nodes(answer)
  const seen = new Set()
  return answer.rows.flatMap((row) => others.flatMap((variable) => {
    const [from, to] = [row[first], row[variable]]
    if (!from || !to) return []
    const key = `${textOf(from)} ${variable} ${textOf(to)}`
    if (seen.has(key)) return []
    seen.add(key)
    return [{ from, to, name: variable }]
  }))
}

/** The last part of an IRI. @param {string} iri */
const nameOf = (iri) => /[^/#:]+$/u.exec(iri)?.[0] ?? iri

/**
 * Finds places for nodes, the same ones each time.
 * @param {any[]} list
 * @param {any[]} links
 */
function place(list, links) {
  const simulation = forceSimulation(list)
    .force('link', forceLink(links).distance(110).strength(0.5))
    .force('charge', forceManyBody().strength(-320))
    .force('x', forceX(WIDTH / 2).strength(0.06))
    .force('y', forceY(HEIGHT / 2).strength(0.09))
    .force('collide', forceCollide(22))
    .stop()
  simulation.tick(300)
  const [xs, ys] = [list.map((one) => one.x), list.map((one) => one.y)]
  const fit = (/** @type {number[]} */ values, /** @type {number} */ low, /** @type {number} */ high) => {
    const [from, to] = [Math.min(...values), Math.max(...values)]
    const scale = Math.min(1.5, (high - low) / Math.max(1, to - from))
    const middle = (from + to) / 2
    return (/** @type {number} */ value) => (low + high) / 2 + (value - middle) * scale
  }
  // Labels are right of their nodes.
  const [x, y] = [fit(xs, 30, WIDTH - 190), fit(ys, 24, HEIGHT - 24)]
  for (const one of list) [one.x, one.y] = [x(one.x), y(one.y)]
}

/**
 * Moves a node with the pointer.
 * @param {SVGSVGElement} svg
 * @param {SVGElement} group
 * @param {any} one
 * @param {() => void} draw
 */
function drag(svg, group, one, draw) {
  let moved = false
  group.addEventListener('pointerdown', (event) => {
    event.preventDefault()
    moved = false
    group.setPointerCapture(event.pointerId)
  })
  group.addEventListener('pointermove', (event) => {
    if (!group.hasPointerCapture(event.pointerId)) return
    const matrix = svg.getScreenCTM()
    if (!matrix) return
    const point = new DOMPoint(event.clientX, event.clientY).matrixTransform(matrix.inverse())
    moved ||= Math.hypot(point.x - one.x, point.y - one.y) > 4
    if (moved) [one.x, one.y] = [point.x, point.y]
    draw()
  })
  // A node that was dragged is not followed.
  group.addEventListener('click', (event) => moved && event.preventDefault())
}

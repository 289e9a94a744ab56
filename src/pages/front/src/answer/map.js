/**
 * Answers on a map: points on outlines of Natural Earth, drawn here; nothing is loaded from elsewhere.
 */

import { geoBounds, geoConicConformal, geoEquirectangular, geoGraticule10, geoPath } from 'd3-geo'
import { feature, mesh } from 'topojson-client'
import world from 'world-atlas/countries-50m.json'
import { h, s } from '../dom.js'
import { points, titles } from './columns.js'

const WIDTH = 1000
const HEIGHT = 560

/**
 * @param {import('../terms.js').Answer} answer
 * @param {import('./view.js').Around} around
 */
export function map(answer, around) {
  const { words } = around
  const pointOf = /** @type {NonNullable<ReturnType<typeof points>>} */ (points(answer))
  const title = titles(answer, around.labelOf)
  const node = answer.variables.find((variable) => answer.rows.some((row) => row[variable]?.type === 'uri'))
  const found = answer.rows.flatMap((row) => {
    const point = pointOf(row)
    return point ? [{ row, point }] : []
  })
  const projection = projectionFor(found.map((one) => one.point))
  const path = geoPath(projection).digits(1)
  const topology = /** @type {any} */ (world)
  const land = path(feature(topology, topology.objects.land)) ?? ''
  const borders = path(mesh(topology, topology.objects.countries, (a, b) => a !== b)) ?? ''
  /** @type {{ x: number, y: number }[]} */
  const taken = []
  const dots = found.map(({ row, point }) => {
    const place = projection(point)
    if (!place) return null
    const [x, y] = place
    const name = title(row)
    // Names that would cover each other are left to the pointer.
    const isFree = !taken.some((one) => Math.abs(one.x - x) < 90 && Math.abs(one.y - y) < 14)
    if (isFree) taken.push({ x, y })
    const isRight = x > WIDTH - 160
    const content = [
      s('title', {}, `${name} (${point[1]}, ${point[0]})`),
      s('circle', { class: 'point', cx: x, cy: y, r: 6 }),
      isFree ? s('text', { class: 'label', x: x + (isRight ? -10 : 10), y: y + 4, 'text-anchor': isRight ? 'end' : 'start' }, name) : null,
    ]
    const address = node && row[node]?.type === 'uri' ? around.pageOf(row[node].value) : null
    return address ? s('a', { href: address }, content) : s('g', {}, content)
  })
  const svg = s('svg', { viewBox: `0 0 ${WIDTH} ${HEIGHT}`, class: 'map', role: 'group', 'aria-label': words.mapOf(found.length) },
    s('path', { class: 'graticule', d: path(geoGraticule10()) }), s('path', { class: 'land', d: land }), s('path', { class: 'borders', d: borders }), dots)
  const left = answer.rows.length - found.length
  return h('figure', {}, h('div', { class: 'scroll', tabindex: '0', role: 'region', 'aria-label': words.map }, svg),
    around.caption(`${left > 0 ? `${words.withoutPoint(left)} ` : ''}${words.outlines}`))
}

/**
 * A projection in which all points are seen with some land around them.
 * @param {[number, number][]} found
 */
function projectionFor(found) {
  const points = /** @type {any} */ ({ type: 'MultiPoint', coordinates: found })
  const [[west, south], [east, north]] = geoBounds(points)
  const width = east >= west ? east - west : east - west + 360
  const [middle, height] = [west + width / 2, north - south]
  const margin = 60
  const extent = /** @type {[[number, number], [number, number]]} */ ([[margin, margin], [WIDTH - margin - 80, HEIGHT - margin]])
  const isNorthern = south > 20 && width < 170
  const projection = isNorthern
    ? geoConicConformal().parallels([Math.max(30, south), Math.max(45, north)]).rotate([-middle, 0])
    : geoEquirectangular().rotate([width > 300 ? 0 : -middle, 0])
  // A single place is shown with what is around it.
  const [dx, dy] = [Math.max(6, width * 0.15), Math.max(4, height * 0.25)]
  const around = /** @type {any} */ ({
    type: 'MultiPoint',
    coordinates: [...found, [middle - width / 2 - dx, (south + north) / 2], [middle + width / 2 + dx, (south + north) / 2],
      [middle, Math.max(-85, south - dy)], [middle, Math.min(85, north + dy)]],
  })
  return projection.fitExtent(extent, around).clipExtent([[0, 0], [WIDTH, HEIGHT]])
}

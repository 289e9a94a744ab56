/**
 * What the columns of an answer hold, so that each view can say whether it fits.
 *
 * @typedef {import('../terms.js').Answer} Answer
 * @typedef {import('../terms.js').Term} Term
 */

import { numberOf, pointOf, textOf, timeOf } from '../terms.js'

/** Names of columns that hold dates. */
const DATES = /date|year|time|period|when|earliest|latest|attested|start|end|from|until|due|horizon|written|created/iu

/**
 * The columns of which every value, and at least one, is of a kind.
 * @param {Answer} answer
 * @param {(term: Term, variable: string) => boolean} is
 */
export function columnsOf(answer, is) {
  return answer.variables.filter((variable) => {
    const terms = answer.rows.map((row) => row[variable]).filter(Boolean)
    return terms.length > 0 && terms.every((term) => is(term, variable))
  })
}

/** @param {Answer} answer */
export const nodes = (answer) => columnsOf(answer, (term) => term.type === 'uri' || term.type === 'bnode')

/** @param {Answer} answer */
export const numbers = (answer) => columnsOf(answer, (term) => numberOf(term) !== null)

/** @param {string} variable */
export const isDateName = (variable) => DATES.test(variable)

/** @param {Answer} answer */
export function dates(answer) {
  return answer.variables.filter((variable) => {
    const terms = answer.rows.map((row) => row[variable]).filter(Boolean)
    const fitting = terms.filter((term) => timeOf(term, isDateName(variable)))
    // Open beginnings and ends of EDTF have no place on a line.
    return fitting.length > 0 && fitting.length >= terms.length * 0.8
  })
}

/** Columns with text that people read, the shortest texts first. @param {Answer} answer */
export function texts(answer) {
  const columns = columnsOf(answer, (term) => term.type === 'literal' && numberOf(term) === null)
  const length = (/** @type {string} */ variable) =>
    answer.rows.reduce((sum, row) => sum + textOf(row[variable]).length, 0) / Math.max(1, answer.rows.length)
  const names = columns.filter((variable) => !isDateName(variable))
  const named = names.filter((variable) => /name|label|title/iu.test(variable))
  return [...new Set([...named, ...names.filter((variable) => length(variable) > 2), ...names])]
}

/**
 * How to find the points of an answer; `null` where it has none.
 * @param {Answer} answer
 * @returns {((row: Record<string, Term>) => [number, number] | null) | null}
 */
export function points(answer) {
  const [wkt] = columnsOf(answer, (term) => pointOf(term) !== null)
  if (wkt) return (row) => pointOf(row[wkt])
  const all = numbers(answer)
  const latitude = all.find((variable) => /^lat(itude)?$|широт/iu.test(variable))
  const longitude = all.find((variable) => /^(lon|lng|long)(gitude)?$|долгот/iu.test(variable))
  if (!latitude || !longitude) return null
  return (row) => {
    const [x, y] = [numberOf(row[longitude]), numberOf(row[latitude])]
    return x === null || y === null || Math.abs(x) > 180 || Math.abs(y) > 90 ? null : [x, y]
  }
}

/**
 * The text of a row: its first text, or the label of its first node.
 * @param {Answer} answer
 * @param {(iri: string) => string} labelOf
 * @returns {(row: Record<string, Term>) => string}
 */
export function titles(answer, labelOf) {
  const [text] = texts(answer)
  const [node] = nodes(answer)
  return (row) => {
    if (text && row[text]) return textOf(row[text])
    const term = node ? row[node] : undefined
    return term?.type === 'uri' ? labelOf(term.value) : textOf(term)
  }
}

/** Series of a chart that can be told apart. */
const SERIES = 6

/** The columns that a chart draws. @param {Answer} answer */
export const series = (answer) =>
  numbers(answer).filter((variable) => !/^(lat|lon|lng|long|latitude|longitude)$/iu.test(variable)).slice(0, SERIES)

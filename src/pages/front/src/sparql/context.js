/**
 * What can be written at a place of a query: which term of a triple it is, and what the query says of its subject.
 *
 * @typedef {'subject' | 'predicate' | 'object' | 'expression' | 'prefix' | 'outside'} Position
 * @typedef {{
 *   position: Position,
 *   subject: string | null,
 *   property: string | null,
 *   prologue: string,
 *   patterns: string[],
 *   graph: string | null,
 *   variables: string[],
 * }} Context
 *   `patterns`: what is said elsewhere in the query of the subject, candidates from the fullest to the shortest.
 */

import { isTerm, isWord, tokens } from './tokens.js'

/** Words that begin a pattern of their own within a group. */
const STATEMENTS = ['FILTER', 'OPTIONAL', 'MINUS', 'BIND', 'VALUES', 'GRAPH', 'SERVICE', 'UNION']

/**
 * An open brace or bracket.
 * @typedef {{
 *   open: string, start: number, statement: number, cut: number, last: number, parens: number,
 *   step: number, subject: string | null, property: string | null,
 *   graph: string | null, plain: boolean,
 * }} Frame
 */

/**
 * @param {string} text the whole query
 * @param {number} from where the word begins that is being typed
 * @param {number} to where it ends
 * @returns {Context}
 */
export function contextAt(text, from, to) {
  const all = tokens(text)
  const before = all.filter((token) => token.to <= from && token.kind !== 'comment')
  const variables = [...new Set(all.filter((token) => token.kind === 'variable' && token.from !== from).map((token) => token.text))]
  /** @type {Frame[]} */
  const frames = [frame('', 0, null, false)]
  let parens = 0
  let prologue = 0
  /** @type {string | null} */
  let graph = null
  let isQuery = false
  before.forEach((token, at) => {
    const top = /** @type {Frame} */ (frames.at(-1))
    const previous = before[at - 1]
    if (parens > 0) {
      if (token.text === '(') parens += 1
      if (token.text === ')') parens -= 1
      // A group within an expression: `FILTER(EXISTS { … })`.
      if (token.text !== '{') return
    }
    if (token.text === '(') {
      parens += 1
      return
    }
    if (isWord(token, 'SELECT', 'ASK', 'CONSTRUCT', 'DESCRIBE')) {
      if (!isQuery) prologue = token.from
      isQuery = true
      top.plain = false
      return
    }
    if (token.text === '{' || token.text === '[' || token.text === '{|') {
      const template = isWord(previous, 'CONSTRUCT')
      const values = isValues(before, at)
      const inner = frame(token.text, token.to, token.text === '{' ? graph : null, token.text === '{' && !template && !values)
      if (top.step === 0) top.statement = Math.min(top.statement, token.from)
      if (token.text !== '{') inner.step = 1
      inner.parens = parens
      parens = 0
      frames.push(inner)
      graph = null
      return
    }
    if (token.text === '}' || token.text === ']' || token.text === '|}') {
      if (frames.length > 1) {
        const closed = /** @type {Frame} */ (frames.pop())
        parens = closed.parens
        const outer = /** @type {Frame} */ (frames.at(-1))
        if (token.text === '}') next(outer, token.to)
        else if (token.text === ']') outer.step = outer.step === 0 ? 1 : 3
      }
      return
    }
    if (isWord(token, ...STATEMENTS)) {
      // What is left of `UNION` is an alternative and not said of the same solutions.
      const start = isWord(token, 'UNION') ? top.last : token.from
      next(top, token.to)
      top.statement = start
      return
    }
    if (isWord(before[at - 1], 'GRAPH')) {
      graph = token.text
      return
    }
    if (token.text === '.') next(top, token.to)
    else if (token.text === ';') {
      top.step = 1
      top.property = null
      top.cut = token.from
    } else if (token.text === ',') top.step = 2
    else if (top.step === 2 && ['/', '|', '*', '+', '?'].includes(token.text)) {
      top.property = null
      if (token.text === '/' || token.text === '|') top.step = 1
    } else if (top.step === 1 && token.text === '^') top.property = null
    else if (isTerm(token)) {
      if (top.step === 0) {
        top.subject = token.text
        top.statement = token.from
        top.cut = token.from
      }
      if (top.step === 1) top.property = previous && ['/', '|', '^'].includes(previous.text) ? null : token.text
      top.step = Math.min(top.step + 1, 3)
    }
  })
  const top = /** @type {Frame} */ (frames.at(-1))
  const context = { subject: top.subject, property: top.property, prologue: text.slice(0, prologue), variables }
  const none = { ...context, patterns: [], graph: null }
  const last = before.at(-1)
  if (isWord(last, 'PREFIX')) return { ...none, position: 'prefix' }
  if (parens > 0) return { ...none, position: 'expression' }
  if (frames.length === 1 || isWord(last, 'GRAPH')) return { ...none, position: 'outside' }
  const position = /** @type {const} */ (['subject', 'predicate', 'object', 'object'])[top.step]
  if (position === 'subject') return { ...none, position }
  const said = around(text, frames)
  const rest = after(text, all, to, frames.length - 1)
  return { ...context, position, patterns: rest ? [`${said} ${rest}`, said] : [said], graph: innermost(frames) }
}

/**
 * @param {string} open
 * @param {number} start
 * @param {string | null} graph
 * @param {boolean} plain
 * @returns {Frame}
 */
const frame = (open, start, graph, plain) => ({
  open, start, graph, plain, statement: Infinity, cut: start, last: start, parens: 0, step: 0, subject: null, property: null,
})

/**
 * Whether the brace at a place is that of `VALUES`.
 * @param {import('./tokens.js').Token[]} before
 * @param {number} at
 */
export function isValues(before, at) {
  let here = at - 1
  while (here >= 0 && (before[here].kind === 'variable' || '()'.includes(before[here].text))) here -= 1
  return isWord(before[here], 'VALUES')
}

/**
 * A pattern has ended, and another one begins.
 * @param {Frame} frame
 * @param {number} at
 */
function next(frame, at) {
  frame.last = Number.isFinite(frame.statement) ? frame.statement : frame.last
  frame.step = 0
  frame.subject = null
  frame.property = null
  frame.statement = Infinity
  frame.cut = at
}

/**
 * What the groups around a place say before it.
 * @param {string} text
 * @param {Frame[]} frames
 */
function around(text, frames) {
  const named = frames.findLastIndex((frame) => frame.graph !== null)
  const parts = frames.map((frame, at) => {
    if (!frame.plain) return ''
    // A group begins a statement of its own; a blank node is within one.
    const end = frames[at + 1]?.open === '{' ? frame.statement : frame.cut
    const said = text.slice(frame.start, end).trim()
    if (said === '') return ''
    const ended = /[.}]$/u.test(said) ? said : `${said} .`
    return named >= 0 && at >= named ? `GRAPH ${frames[named].graph} { ${ended} }` : ended
  })
  return parts.join(' ').trim()
}

/**
 * What the same group says after the triple at a place.
 * @param {string} text
 * @param {import('./tokens.js').Token[]} all
 * @param {number} to
 * @param {number} depth
 */
function after(text, all, to, depth) {
  if (depth !== 1) return ''
  let inner = 0
  let start = -1
  for (const token of all) {
    if (token.from < to) continue
    if ('{(['.includes(token.text[0]) && token.kind === 'sign') inner += 1
    if ('})]'.includes(token.text[0]) && token.kind === 'sign') inner -= 1
    if (inner < 0) return start < 0 ? '' : text.slice(start, token.from).trim()
    if (start < 0 && inner === 0 && token.text === '.' && token.kind === 'sign') start = token.to
  }
  return ''
}

/**
 * The graph that a place is within.
 * @param {Frame[]} frames
 */
const innermost = (frames) => frames.findLast((frame) => frame.graph !== null)?.graph ?? null

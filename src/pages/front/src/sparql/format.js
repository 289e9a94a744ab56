/**
 * Lays a query out: a clause, a pattern or a brace a line. Tokens and comments stay as they are, but for the case of
 * keywords; what is not SPARQL stays readable too.
 */

import { isValues } from './context.js'
import { isWord, tokens } from './tokens.js'

/** Words that are written in capitals. */
const KEYWORDS = new Set(
  `BASE PREFIX SELECT CONSTRUCT DESCRIBE ASK FROM NAMED WHERE DISTINCT REDUCED GROUP BY HAVING ORDER ASC DESC LIMIT OFFSET
  VALUES UNDEF OPTIONAL GRAPH UNION FILTER NOT EXISTS MINUS SERVICE SILENT BIND AS IN COUNT SUM MIN MAX AVG SAMPLE
  GROUP_CONCAT SEPARATOR STR LANG LANGMATCHES DATATYPE BOUND IRI URI BNODE RAND ABS CEIL FLOOR ROUND CONCAT STRLEN UCASE
  LCASE ENCODE_FOR_URI CONTAINS STRSTARTS STRENDS STRBEFORE STRAFTER YEAR MONTH DAY HOURS MINUTES SECONDS TIMEZONE TZ NOW
  UUID STRUUID MD5 SHA1 SHA256 SHA384 SHA512 COALESCE IF STRLANG STRDT SAMETERM ISIRI ISURI ISBLANK ISLITERAL ISNUMERIC
  REGEX SUBSTR REPLACE TRIPLE SUBJECT PREDICATE OBJECT ISTRIPLE LANGDIR HASLANG HASLANGDIR STRLANGDIR`.split(/\s+/u),
)

/** Words that begin a line. */
const CLAUSES = [
  'BASE', 'PREFIX', 'SELECT', 'CONSTRUCT', 'DESCRIBE', 'ASK', 'FROM', 'WHERE', 'GROUP', 'HAVING', 'ORDER', 'LIMIT', 'OFFSET',
  'VALUES', 'OPTIONAL', 'FILTER', 'MINUS', 'BIND', 'GRAPH', 'SERVICE',
]

/** Operators with a space on both sides. */
const COMPARISONS = ['=', '!=', '<', '>', '<=', '>=', '&&', '||']

/** The longest group that stays on its line. */
const SHORT = 110

/**
 * @param {string} text
 * @returns {string}
 */
export function format(text) {
  const all = tokens(text)
  /** @type {string[]} */
  const lines = []
  let line = ''
  /** Open braces: whether each is written on one line, and the parentheses around it. @type {{ inline: boolean, parens: number }[]} */
  const braces = []
  let parens = 0
  let within = false
  const end = () => {
    if (line.trim() !== '') lines.push(line.trimEnd())
    line = ''
  }
  const indent = () => '  '.repeat(braces.length + (within ? 2 : 0))
  const inline = () => braces.at(-1)?.inline === true
  all.forEach((token, at) => {
    const before = all[at - 1]
    const next = all[at + 1]
    let shown = token.text
    if (token.kind === 'word' && KEYWORDS.has(shown.toUpperCase())) shown = shown.toUpperCase()
    // One empty line between parts stays.
    if (token.lines > 1 && lines.length > 0 && !inline()) {
      end()
      if (lines.at(-1) !== '' && token.text !== '}') lines.push('')
    }
    if (token.kind === 'comment') {
      if (token.lines > 0 || !before) {
        end()
        line = indent() + shown
      } else {
        // A comment stays at the end of its line.
        if (line.trim() === '' && lines.length > 0) line = lines.pop() ?? ''
        line += `${line === '' ? '' : ' '}${shown}`
      }
      end()
      return
    }
    if (parens === 0 && !inline()) {
      const begins = isWord(token, ...CLAUSES) && !(isWord(token, 'VALUES', 'WHERE') && line.trim() === '')
      const follows = isWord(before, 'UNION', 'MINUS', 'EXISTS') || (isWord(token, 'GROUP', 'ORDER') && !isWord(next, 'BY'))
      if (begins && !follows) {
        end()
        within = false
        const prologue = isWord(token, 'SELECT', 'CONSTRUCT', 'DESCRIBE', 'ASK') && lines.length > 0
        if (prologue && braces.length === 0 && lines.at(-1) !== '') lines.push('')
      }
    }
    if (token.text === '}' && parens === 0) {
      if (inline()) line += line.endsWith('{') ? '}' : ' }'
      else {
        end()
        if (lines.at(-1) === '') lines.pop()
      }
      within = false
      parens = braces.pop()?.parens ?? 0
      if (line === '') line = `${indent()}}`
      if (!inline() && parens === 0 && !isWord(next, 'UNION') && next?.text !== '.') end()
      return
    }
    if (line === '') line = indent() + shown
    else if (tight(before, token)) line += shown
    else line += ` ${shown}`
    if (token.text === '(') parens += 1
    if (token.text === ')') parens = Math.max(0, parens - 1)
    if (token.text === '{') {
      within = false
      const isInline = inline() || ((isValues(all, at) || braces.length > 0) && isWrittenShort(all, at) && isShort(all, at))
      braces.push({ inline: isInline, parens })
      parens = 0
      if (!isInline) end()
    } else if (parens > 0) {
      return
    } else if (inline()) {
      return
    } else if (token.text === '.') {
      within = false
      if (next?.kind !== 'comment' || next.lines > 0) end()
    } else if (token.text === ';') {
      within = true
      if (next?.kind !== 'comment' || next.lines > 0) end()
    } else if (token.text === ')' && next && (isConditionEnd(all, at, next) || (next.text === '(' && next.lines > 0))) {
      end()
    }
  })
  end()
  while (lines.at(-1) === '') lines.pop()
  return `${lines.join('\n')}\n`
}

/**
 * Whether a token is written right after the one before it. Operators of paths and of arithmetic look the same, so
 * they keep the space that they have.
 * @param {import('./tokens.js').Token} before
 * @param {import('./tokens.js').Token} token
 */
function tight(before, token) {
  if (!before) return true
  if (before.text === '(' || token.text === ')') return true
  if (token.text === ',') return true
  if (before.text === '^^' || token.text === '^^' || token.kind === 'language') return true
  if (['.', ';', '{', '}'].includes(token.text) || before.text === '{' || before.text === ',') return false
  if (isWord(before, 'FILTER', 'BIND')) return token.text === '('
  if (COMPARISONS.includes(token.text) || COMPARISONS.includes(before.text)) return false
  if (token.text === '(') return !token.space && !isWord(before, 'BY', 'IN', 'SELECT', 'DISTINCT')
  return !token.space
}

/**
 * Whether the group at a place was written on one line; then it may stay there.
 * @param {import('./tokens.js').Token[]} all
 * @param {number} at
 */
function isWrittenShort(all, at) {
  const close = closing(all, at)
  return close > at && all.slice(at + 1, close + 1).every((token) => token.lines === 0)
}

/**
 * The place of the brace that closes the one at a place; -1 where there is none.
 * @param {import('./tokens.js').Token[]} all
 * @param {number} at
 */
function closing(all, at) {
  let depth = 0
  for (let here = at; here < all.length; here += 1) {
    if (all[here].text === '{') depth += 1
    if (all[here].text === '}') depth -= 1
    if (depth === 0) return here
  }
  return -1
}

/**
 * Whether everything up to the closing brace fits into a line.
 * @param {import('./tokens.js').Token[]} all
 * @param {number} at
 */
function isShort(all, at) {
  const close = closing(all, at)
  const inner = close < 0 ? [] : all.slice(at + 1, close)
  const length = inner.reduce((sum, token) => sum + token.text.length + 1, 0)
  return close > at && length <= SHORT && !inner.some((token) => token.kind === 'comment')
}

/**
 * Whether a closing parenthesis ends a `FILTER` or `BIND` of a group, so that the next pattern has its own line.
 * @param {import('./tokens.js').Token[]} all
 * @param {number} at
 * @param {import('./tokens.js').Token} next
 */
function isConditionEnd(all, at, next) {
  if (next.kind === 'comment' || next.text === '.') return false
  let depth = 0
  for (let here = at; here >= 0; here -= 1) {
    if (all[here].text === ')') depth += 1
    if (all[here].text === '(') depth -= 1
    if (depth === 0) {
      const first = all[here - 1]
      if (isWord(first, 'FILTER', 'BIND')) return true
      // `FILTER regex(…)`, `FILTER NOT EXISTS` aside.
      return Boolean(first) && (first.kind === 'word' || first.kind === 'name') && isWord(all[here - 2], 'FILTER')
    }
  }
  return false
}

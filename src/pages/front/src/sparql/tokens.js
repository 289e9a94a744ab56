/**
 * The tokens of SPARQL, also of text that is not finished: completion and formatting work while people type.
 *
 * @typedef {'comment' | 'iri' | 'string' | 'language' | 'variable' | 'blank' | 'number' | 'name' | 'word' | 'sign'} Kind
 * @typedef {{ kind: Kind, text: string, from: number, to: number, space: boolean, lines: number }} Token
 *   `space`: whether white space is before it; `lines`: how many line breaks are.
 */

/** Kinds with their patterns; the first that matches counts. */
const KINDS = /** @type {[Kind, RegExp][]} */ ([
  ['comment', /#[^\n\r]*/uy],
  ['string', /"""(?:(?:"|"")?(?:[^"\\]|\\.))*"""|'''(?:(?:'|'')?(?:[^'\\]|\\.))*'''/suy],
  ['string', /"(?:[^"\\\n\r]|\\.)*"|'(?:[^'\\\n\r]|\\.)*'/uy],
  ['iri', /<[^<>"{}|^`\\\u0000-\u0020]*>/uy],
  ['language', /@[a-zA-Z]+(?:-[a-zA-Z0-9]+)*/uy],
  ['variable', /[?$][\p{L}\p{N}_][\p{L}\p{M}\p{N}_·]*/uy],
  ['blank', /_:[\p{L}\p{N}_](?:[\p{L}\p{N}_.·-]*[\p{L}\p{N}_·-])?/uy],
  ['name', /(?:\p{L}(?:[\p{L}\p{M}\p{N}_.·-]*[\p{L}\p{M}\p{N}_·-])?)?:(?:(?:[\p{L}\p{M}\p{N}_:·-]|%[0-9A-Fa-f]{2}|\\[^\p{L}\p{N}\s]|\.(?=[\p{L}\p{M}\p{N}_:.·%\\-]))*)/uy],
  ['number', /(?:\d+\.\d*[eE][+-]?\d+|\.\d+[eE][+-]?\d+|\d+[eE][+-]?\d+|\d*\.\d+|\d+)/uy],
  ['word', /\p{L}[\p{L}\p{M}\p{N}_-]*/uy],
  ['sign', /<<\(|\)>>|<<|>>|\{\||\|\}|\^\^|&&|\|\||!=|<=|>=|[^\s]/uy],
])

/**
 * All tokens of a text.
 * @param {string} text
 * @returns {Token[]}
 */
export function tokens(text) {
  /** @type {Token[]} */
  const found = []
  let at = 0
  while (at < text.length) {
    const gap = /\s*/uy
    gap.lastIndex = at
    const space = gap.exec(text)?.[0] ?? ''
    at += space.length
    if (at >= text.length) break
    const token = tokenAt(text, at)
    const lines = space.split('\n').length - 1
    found.push({ ...token, from: at, to: at + token.text.length, space: space !== '', lines })
    at += token.text.length
  }
  return found
}

/**
 * @param {string} text
 * @param {number} at
 * @returns {{ kind: Kind, text: string }}
 */
function tokenAt(text, at) {
  for (const [kind, pattern] of KINDS) {
    pattern.lastIndex = at
    const match = pattern.exec(text)
    if (match && match[0] !== '') return { kind, text: match[0] }
  }
  // Half a surrogate pair.
  return { kind: 'sign', text: text[at] }
}

/**
 * Whether a token is a keyword, in any case.
 * @param {Token | undefined} token
 * @param {...string} words in capitals
 */
export const isWord = (token, ...words) => token?.kind === 'word' && words.includes(token.text.toUpperCase())

/**
 * Whether a token is a term of a triple.
 * @param {Token} token
 */
export const isTerm = (token) =>
  ['iri', 'string', 'variable', 'blank', 'number', 'name'].includes(token.kind) ||
  (token.kind === 'word' && ['a', 'true', 'false'].includes(token.text))

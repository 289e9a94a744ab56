/** Places of problems in the text of a query. */

/**
 * The place of a problem in a text, as wide as the word that is there.
 * @param {string} text
 * @param {number} line counted from 1
 * @param {number} column in characters, counted from 1
 */
export function place(text, line, column) {
  const lines = text.split('\n')
  const before = lines.slice(0, line - 1).reduce((sum, one) => sum + one.length + 1, 0)
  const here = lines[line - 1] ?? ''
  // Columns count characters; the editor counts units of UTF-16.
  const within = [...here].slice(0, Math.max(0, column - 1)).join('').length
  const from = Math.min(before + within, text.length)
  const word = /^[^\s;.,(){}[\]]+|^./u.exec(here.slice(within))?.[0].length ?? 0
  if (word > 0) return { from, to: from + word }
  // Nothing is there: the end of what is before it.
  const end = text.slice(0, from).trimEnd().length
  return { from: Math.max(0, end - 1), to: Math.max(end, Math.min(1, text.length)) }
}

/** The queries that somebody ran, kept in their browser alone. */

const KEY = 'civigraph-queries'
const MOST = 50

/** @typedef {{ text: string, at: number, inferred: boolean }} Entry */

/** @returns {Entry[]} */
export function entries() {
  try {
    const kept = JSON.parse(localStorage.getItem(KEY) ?? '[]')
    return Array.isArray(kept) ? kept.filter((one) => typeof one?.text === 'string') : []
  } catch {
    // Storage may be turned off, or hold what somebody else wrote.
    return []
  }
}

/** @param {Entry} entry */
export function remember(entry) {
  const others = entries().filter((one) => one.text.trim() !== entry.text.trim())
  keep([entry, ...others].slice(0, MOST))
}

export const forget = () => keep([])

/** @param {Entry[]} all */
function keep(all) {
  try {
    localStorage.setItem(KEY, JSON.stringify(all))
  } catch {
    // A full or forbidden storage is no reason to fail a query.
  }
}

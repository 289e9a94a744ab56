/** Where the page about an IRI is: the same rule as that of `links.rs`. */

/**
 * The path of a page, with a slash at its beginning and without a language.
 * @param {string} iri
 * @param {string} base base of the project's IRIs
 */
export function pathOf(iri, base) {
  const own = base !== '' && iri.startsWith(base) ? ownPath(iri.slice(base.length)) : null
  return own ?? `/resource?iri=${encodeURIComponent(iri)}`
}

/** @param {string} rest */
function ownPath(rest) {
  const hash = rest.indexOf('#')
  const path = hash < 0 ? rest : rest.slice(0, hash)
  const fragment = hash < 0 ? null : rest.slice(hash + 1)
  if (!isClean(path)) return null
  if (fragment === null) return path === 'ns' || /^(?:id|graph)\//u.test(path) ? `/${escape(path)}` : null
  if (path === 'ns') return isClean(fragment) && !fragment.includes('/') ? `/ns/${escape(fragment)}` : null
  const match = /^(?:row=(\d+)|cell=(\d+),(\d+)|col=\d+)$/u.exec(fragment)
  if (!match) return null
  const row = match[1] ?? match[2]
  return `/${escape(path)}${row ? `/row/${row}` : ''}${match[3] ? `#c${match[3]}` : ''}`
}

/** @param {string} path */
const isClean = (path) =>
  path.split('/').every((part) => part !== '' && part !== '.' && part !== '..' && /^(?:[A-Za-z0-9\-._~!$&'()*+,;=:@%]|[^\x00-\x7f])*$/u.test(part))

/** Letters outside of ASCII as percent signs; percent signs stay. @param {string} path */
const escape = (path) => path.replace(/[^\x00-\x7f]+/gu, encodeURIComponent)

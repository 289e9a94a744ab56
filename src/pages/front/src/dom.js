/**
 * Elements without markup: whatever comes from the graph becomes text or the value of an attribute, never HTML.
 */

const SVG = 'http://www.w3.org/2000/svg'

/**
 * Attributes that only ever hold addresses. Anything that is not an address of the web is left out.
 * @param {string} name
 */
const isAddress = (name) => name === 'href' || name === 'src' || name === 'action'

/**
 * Whether an address is one that a page may link to: of the web, or of this site.
 * @param {string} address
 */
export function isSafe(address) {
  try {
    return ['http:', 'https:', 'mailto:', 'blob:'].includes(new URL(address, document.baseURI).protocol)
  } catch {
    return false
  }
}

/**
 * @param {Element} element
 * @param {Record<string, any>} attributes handlers as `onclick`, classes as `class`, properties that are booleans
 * @param {any[]} children
 */
function fill(element, attributes, children) {
  for (const [name, value] of Object.entries(attributes ?? {})) {
    if (value === undefined || value === null || value === false) continue
    if (name.startsWith('on')) element.addEventListener(name.slice(2), value)
    else if (isAddress(name) && !isSafe(String(value))) continue
    else element.setAttribute(name, value === true ? '' : String(value))
  }
  element.append(...children.flat(2).filter((child) => child !== null && child !== undefined && child !== false))
  return element
}

/**
 * An HTML element.
 * @param {string} tag
 * @param {Record<string, any>} [attributes]
 * @param {...any} children
 * @returns {any}
 */
export const h = (tag, attributes, ...children) => fill(document.createElement(tag), attributes ?? {}, children)

/**
 * An SVG element.
 * @param {string} tag
 * @param {Record<string, any>} [attributes]
 * @param {...any} children
 * @returns {any}
 */
export const s = (tag, attributes, ...children) => fill(document.createElementNS(SVG, tag), attributes ?? {}, children)

/**
 * Puts children into an element in place of those that it has.
 * @param {Element} element
 * @param {...any} children
 */
export function put(element, ...children) {
  element.replaceChildren()
  fill(element, {}, children)
}

/**
 * A sentence in which pieces of code are between backticks.
 * @param {string} text
 */
export const prose = (text) => text.split('`').map((part, at) => (at % 2 === 1 ? h('code', {}, part) : part))

/** About how wide a letter is in pictures, in their pixels. */
export const LETTER = 7.2

/** A text of at most so many letters. @param {string} text @param {number} letters */
export const cut = (text, letters) => (text.length > letters ? `${text.slice(0, letters - 1)}…` : text)

/**
 * A function that runs once a pause has passed since the last call.
 * @param {(...all: any[]) => void} run
 * @param {number} pause in milliseconds
 */
export function later(run, pause) {
  let timer = 0
  return (/** @type {any[]} */ ...all) => {
    clearTimeout(timer)
    timer = setTimeout(() => run(...all), pause)
  }
}

/**
 * Lets somebody save a text as a file.
 * @param {string} name
 * @param {string} media
 * @param {string} text
 */
export function save(name, media, text) {
  const address = URL.createObjectURL(new Blob([text], { type: media }))
  h('a', { href: address, download: name }).click()
  setTimeout(() => URL.revokeObjectURL(address), 10_000)
}

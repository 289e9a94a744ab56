/**
 * Results of the search while somebody types it. The search works without.
 */

import { h, later } from './dom.js'
import { pathOf } from './paths.js'

const language = document.documentElement.lang === 'ru' ? 'ru' : 'en'
const SUGGESTIONS = language === 'ru' ? 'Варианты' : 'Suggestions'

/** Things that are shown. */
const MOST = 8

/** @type {HTMLInputElement | null} */
const search = document.querySelector('#search')

if (search) suggest(search)

/**
 * Things found while somebody types, as a list under the field.
 * @param {HTMLInputElement} input
 */
function suggest(input) {
  const list = h('ul', { class: 'suggestions', id: 'search-suggestions', role: 'listbox', 'aria-label': SUGGESTIONS, hidden: true })
  const form = /** @type {HTMLElement} */ (input.closest('form') ?? input.parentElement)
  form.classList.add('has-suggestions')
  form.append(list)
  input.autocomplete = 'off'
  for (const [name, value] of Object.entries({ role: 'combobox', 'aria-autocomplete': 'list', 'aria-controls': list.id, 'aria-expanded': 'false' })) input.setAttribute(name, value)
  let chosen = -1
  let last = 0

  const close = () => {
    list.hidden = true
    chosen = -1
    input.setAttribute('aria-expanded', 'false')
    input.removeAttribute('aria-activedescendant')
  }
  /** @param {number} next */
  const choose = (next) => {
    const items = [...list.querySelectorAll('a')]
    chosen = (next + items.length) % items.length
    items.forEach((item, at) => item.setAttribute('aria-selected', String(at === chosen)))
    input.setAttribute('aria-activedescendant', items[chosen].id)
    items[chosen].scrollIntoView({ block: 'nearest' })
  }

  input.addEventListener('input', later(async () => {
    last += 1
    const mine = last
    const text = input.value.trim()
    if (text.length < 2) return close()
    const items = await find(text, input)
    if (mine !== last) return
    list.replaceChildren(...items.map((/** @type {any} */ one, /** @type {number} */ at) => h('li', { role: 'presentation' },
      h('a', { href: one.page, tabindex: '-1', role: 'option', id: `search-suggestion-${at}`, 'aria-selected': 'false' },
        h('span', {}, one.label), one.detail ? h('span', { class: 'quiet' }, one.detail) : null))))
    list.hidden = items.length === 0
    input.setAttribute('aria-expanded', String(items.length > 0))
    chosen = -1
  }, 120))
  input.addEventListener('keydown', (event) => {
    if (list.hidden) return
    if (event.key === 'ArrowDown' || event.key === 'ArrowUp') {
      event.preventDefault()
      choose(event.key === 'ArrowDown' ? chosen + 1 : Math.max(chosen, 0) - 1)
    } else if (event.key === 'Enter' && chosen >= 0) {
      event.preventDefault()
      list.querySelectorAll('a')[chosen].click()
    } else if (event.key === 'Escape') close()
  })
  form.addEventListener('focusout', (event) => {
    if (!form.contains(/** @type {Node | null} */ (event.relatedTarget))) close()
  })
}

/**
 * @param {string} text
 * @param {HTMLInputElement} input
 * @returns {Promise<{ label: string, detail?: string, page: string }[]>}
 */
async function find(text, input) {
  const { root = '/', site } = document.body.dataset
  try {
    if (site !== undefined) return (await (await import('./site/search.js')).find(text, root, language)).slice(0, MOST)
    const response = await fetch(`${root}complete/entities?${new URLSearchParams({ text, lang: language })}`)
    if (!response.ok) return []
    const { items } = await response.json()
    const prefix = input.form?.getAttribute('action')?.replace(/search$/u, '') ?? root
    return items.slice(0, MOST).map((/** @type {any} */ one) => ({ ...one, page: prefix + pathOf(one.iri, document.body.dataset.base ?? '').slice(1) }))
  } catch {
    // Without suggestions there is still the page of results.
    return []
  }
}

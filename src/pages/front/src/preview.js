/**
 * A query in its colours, as it is shown before the editor is there, with the place of an error underlined. The editor
 * weighs more than all else on the page: it is loaded when somebody turns to it.
 */

import { h } from './dom.js'
import { tokens } from './sparql/tokens.js'

/** Classes by the kinds of tokens; the others have the colour of the text. */
const CLASSES = /** @type {Record<string, string>} */ ({
  comment: 'comment', string: 'string', variable: 'variable', word: 'keyword',
})

/**
 * @param {HTMLElement} box where the text is, which gets the number of digits of the last line
 * @param {string} hint what is shown in place of an empty text
 */
export function preview(box, hint) {
  const host = h('pre', { class: 'preview', 'aria-hidden': 'true' })
  return {
    host,
    /**
     * @param {string} text
     * @param {{ from: number, to: number } | null} [wrong] what is underlined
     */
    show(text, wrong = null) {
      /** @type {any[][]} */
      const lines = [[]]
      /** @param {string} piece @param {string | undefined} name */
      const add = (piece, name) => {
        piece.split('\n').forEach((part, at) => {
          if (at > 0) lines.push([])
          if (part !== '') lines.at(-1)?.push(name ? h('span', { class: name }, part) : part)
        })
      }
      let at = 0
      for (const token of tokens(text)) {
        add(text.slice(at, token.from), undefined)
        const isWrong = wrong && token.from < wrong.to && token.to > wrong.from
        add(token.text, [CLASSES[token.kind], isWrong ? 'wrong' : ''].filter(Boolean).join(' ') || undefined)
        at = token.to
      }
      add(text.slice(at), undefined)
      box.style.setProperty('--digits', String(String(lines.length).length))
      host.replaceChildren(...lines.map((line) => h('span', { class: 'line' }, text === '' ? h('span', { class: 'quiet' }, hint) : line)))
    },
  }
}

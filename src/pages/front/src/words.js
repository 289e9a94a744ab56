/** The words of the page's language. */

import en from '../words/en.js'
import ru from '../words/ru.js'
import editorRu from '../words/editor-ru.js'

/** The language of the page. */
export const language = document.documentElement.lang === 'ru' ? 'ru' : 'en'

export const words = language === 'ru' ? ru : en

/** What the editor says itself. @type {Record<string, string>} */
export const phrases = language === 'ru' ? editorRu : {}

/**
 * The search of the static site: a small index of names, loaded when somebody first types. Words are found by their
 * beginnings, in either script, with other endings and with one typing error.
 *
 * @typedef {{ iri: string, page: string, names: string[], class?: string, keys: string[][] }} Thing
 */

/** Things found at a time. */
const MOST = 20

const LETTERS = /** @type {Record<string, string>} */ ({
  а: 'a', б: 'b', в: 'v', г: 'g', д: 'd', е: 'e', ж: 'zh', з: 'z', и: 'i', й: 'y', к: 'k', л: 'l', м: 'm', н: 'n', о: 'o', п: 'p',
  р: 'r', с: 's', т: 't', у: 'u', ф: 'f', х: 'kh', ц: 'ts', ч: 'ch', ш: 'sh', щ: 'shch', ъ: '', ы: 'y', ь: '', э: 'e', ю: 'yu', я: 'ya',
})

/**
 * The words of a text in lower-case Latin letters.
 * @param {string} text
 */
export function keysOf(text) {
  const folded = text.toLowerCase().replaceAll('ё', 'е').normalize('NFD').replace(/[\u0300-\u0305\u0307-\u036f'’ʹ]/gu, '').normalize('NFC')
  return folded.split(/[^\p{L}\p{N}]+/u).filter(Boolean).map((word) => [...word].map((letter) => LETTERS[letter] ?? letter).join(''))
}

/** @param {string} text */
const isCyrillic = (text) => /\p{Script=Cyrillic}/u.test(text)

/** @type {Promise<Thing[]> | null} */
let loading = null

/** @param {string} root the address of the site's first folder */
function things(root, language = document.documentElement.lang) {
  loading ??= fetch(`${root}data/search.json`)
    .then((response) => (response.ok ? response.json() : Promise.reject(new Error(`${response.status}`))))
    .then((all) => all.things.map((/** @type {any} */ one) => ({
      iri: one.iri, page: `${root}${language === 'ru' ? 'ru/' : ''}${one.page}`, names: one.names, keys: one.names.map(keysOf),
      class: one.class?.[language === 'ru' ? 1 : 0] ?? undefined,
    })))
  loading.catch(() => { loading = null })
  return loading
}

/**
 * @param {string} text
 * @param {string} root
 * @param {string} language
 */
export async function find(text, root, language) {
  const wanted = keysOf(text)
  if (wanted.length === 0) return []
  const found = []
  for (const thing of await things(root)) {
    let best = Infinity
    let name = ''
    thing.keys.forEach((keys, at) => {
      // Of equal names, the one in the script that was typed.
      const otherScript = isCyrillic(thing.names[at]) === isCyrillic(text) ? 0 : 1 / 1000
      const cost = wanted.reduce((sum, word) => sum + costOf(word, keys), 0) + (keys.length - wanted.length) / 100 + otherScript
      if (cost < best) [best, name] = [cost, thing.names[at]]
    })
    if (Number.isFinite(best)) found.push({ cost: best, iri: thing.iri, page: thing.page, label: name, detail: thing.class })
  }
  const collator = new Intl.Collator(language)
  return found.sort((a, b) => a.cost - b.cost || collator.compare(a.label, b.label)).slice(0, MOST)
}

/**
 * Things by their IRIs, with their names in a language.
 * @param {string[]} iris
 * @param {string} root
 * @param {string} language
 */
export async function named(iris, root, language) {
  const wanted = new Set(iris)
  return (await things(root)).filter((thing) => wanted.has(thing.iri)).map(({ iri, page, names }) => ({
    iri, page, label: names.find((name) => isCyrillic(name) === (language === 'ru')) ?? names[0],
  }))
}

/**
 * How far a word is from the nearest of some: 0 where it is there, infinity where none is near.
 * @param {string} word
 * @param {string[]} keys
 */
function costOf(word, keys) {
  let best = Infinity
  for (const key of keys) {
    if (key === word) return 0
    if (key.startsWith(word)) best = Math.min(best, 1)
    // Another ending: `Zheleznogorska` for `Zheleznogorsk`.
    else if (word.length > 5 && key.length > 4 && word.startsWith(key.slice(0, Math.max(5, key.length - 2))) && word.length - key.length < 4) best = Math.min(best, 2)
    else if (word.length > 3 && isNear(word, key.slice(0, word.length + 1))) best = Math.min(best, 3)
  }
  return best
}

/**
 * Whether a word has at most one typing error as the beginning of another one.
 * @param {string} word
 * @param {string} key
 */
function isNear(word, key) {
  let at = 0
  while (at < word.length && word[at] === key[at]) at += 1
  const rest = word.slice(at)
  return key.slice(at + 1).startsWith(rest.slice(1)) || key.slice(at).startsWith(rest.slice(1)) || key.slice(at + 1).startsWith(rest) ||
    (rest.length > 1 && key.slice(at).startsWith(rest[1] + rest[0] + rest.slice(2)))
}

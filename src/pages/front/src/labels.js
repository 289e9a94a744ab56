/** Labels of IRIs, asked for together and kept. */

import { shorten } from './terms.js'

/** IRIs in one request. */
const MOST = 500

export class Labels {
  /**
   * @param {(iris: string[]) => Promise<Record<string, string>>} ask
   * @param {Record<string, string>} prefixes
   */
  constructor(ask, prefixes) {
    this.ask = ask
    this.prefixes = prefixes
    /** @type {Map<string, string | null>} */
    this.kept = new Map()
  }

  /** The label of an IRI, if it is known. @param {string} iri */
  known(iri) {
    return this.kept.get(iri) ?? undefined
  }

  /** The label of an IRI, else a short form of it. @param {string} iri */
  of(iri) {
    return this.known(iri) ?? shorten(iri, this.prefixes)
  }

  /** Makes sure that labels are known. @param {Iterable<string>} iris */
  async load(iris) {
    const missing = [...new Set(iris)].filter((iri) => !this.kept.has(iri))
    for (const iri of missing) this.kept.set(iri, null)
    for (let at = 0; at < missing.length; at += MOST) {
      try {
        const found = await this.ask(missing.slice(at, at + MOST))
        for (const [iri, label] of Object.entries(found)) this.kept.set(iri, label)
      } catch {
        // Without labels the names stay.
        return
      }
    }
  }

  /** Puts labels into links that show names. @param {Element} within */
  async show(within) {
    /** @type {NodeListOf<HTMLElement>} */
    const links = within.querySelectorAll('[data-iri]')
    await this.load([...links].map((link) => link.dataset.iri ?? ''))
    for (const link of links) {
      const label = this.known(link.dataset.iri ?? '')
      if (label && link.textContent !== label) link.textContent = label
    }
  }
}

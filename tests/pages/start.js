/** The running program, and a browser that looks at it. */

import { spawn, spawnSync } from 'node:child_process'
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before } from 'node:test'
import { chromium } from 'playwright-core'

const { CIVIGRAPH_PROGRAM: program = '', CIVIGRAPH_ROOT: root = '', CHROMIUM: executablePath, SCREENSHOTS: pictures } = process.env
const axe = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8')

/** Viewports that pages are looked at in. */
const WIDTHS = [390, 768, 1280]

/**
 * Languages, themes and widths of pages that have many states: some of each, and all where pictures are wanted.
 * @type {[string, 'light' | 'dark', number][]}
 */
export const LOOKS = pictures
  ? ['en', 'ru'].flatMap((locale) => /** @type {const} */ (['light', 'dark']).flatMap((theme) => WIDTHS.map((width) => /** @type {[string, 'light' | 'dark', number]} */ ([locale, theme, width]))))
  : [['en', 'light', 1280], ['ru', 'dark', 390], ['ru', 'light', 768]]

/**
 * What the tests of a file look at: the shipped project, served, and a browser. They are there once `open` was called and the
 * tests run.
 * @type {Awaited<ReturnType<typeof serve>>}
 */
export let service
/** @type {import('playwright-core').Browser} */
export let browser

/** Serves the shipped project to the tests of a file. */
export function open() {
  before(async () => {
    service = await serve()
    browser = await launch()
  })
  after(async () => {
    await browser?.close()
    service?.stop()
  })
}

/**
 * A project in a folder of its own, that is served.
 * @param {{ change?: (folder: string) => void, arguments?: string[] }} [options]
 */
export async function serve({ change, arguments: more = [] } = {}) {
  const folder = mkdtempSync(join(tmpdir(), 'civigraph-pages-'))
  for (const name of ['data', 'ontology', 'queries']) cpSync(join(root, name), join(folder, name), { recursive: true })
  change?.(folder)
  build(folder)
  const child = spawn(program, ['--project', folder, 'serve', '--listen', '127.0.0.1:0', ...more], { stdio: ['ignore', 'ignore', 'pipe'] })
  const url = await new Promise((resolve, reject) => {
    let said = ''
    child.stderr.on('data', (bytes) => {
      said += bytes
      // The line may come in parts.
      const match = /^build .* on (http:\S+)\n/m.exec(said)
      if (match) resolve(match[1])
    })
    child.on('exit', () => reject(new Error(`the service did not start: ${said}`)))
  })
  // A test that fails must not leave it running.
  const { stderr } = /** @type {any} */ (child)
  stderr.unref()
  child.unref()
  process.on('exit', () => child.kill())
  const stop = () => {
    child.removeAllListeners('exit')
    child.kill()
    rmSync(folder, { recursive: true, force: true })
  }
  return { url, folder, stop, publish: () => build(folder), id: () => readFileSync(join(folder, '.civigraph/current'), 'utf8').trim() }
}

/** A project with a few cities, whose site is soon written. @param {string} folder */
export function small(folder) {
  const column = (/** @type {string} */ name, more = {}) => ({ name, titles: name, ...more })
  const base = 'https://example.org/'
  const tables = [{
    url: 'cities.csv',
    tableSchema: {
      aboutUrl: `${base}id/city/{id}`,
      primaryKey: 'id',
      columns: [
        column('id', { required: true, suppressOutput: true }),
        column('en', { lang: 'en', propertyUrl: 'rdfs:label' }),
        column('ru', { lang: 'ru', propertyUrl: 'rdfs:label' }),
        column('founded', { datatype: 'date', propertyUrl: `${base}ns#founded` }),
        column('twin', { propertyUrl: `${base}ns#twin`, valueUrl: `${base}id/city/{twin}` }),
        { name: 'class', virtual: true, propertyUrl: 'rdf:type', valueUrl: `${base}ns#City` },
      ],
    },
  }]
  mkdirSync(join(folder, 'data'))
  mkdirSync(join(folder, 'queries'))
  writeFileSync(join(folder, 'data/csv-metadata.json'), JSON.stringify({ '@context': 'http://www.w3.org/ns/csvw', 'https://w3id.org/civigraph/csvw#base': base, tables }))
  writeFileSync(join(folder, 'data/cities.csv'), `id,en,ru,founded,twin
zheleznogorsk,Zheleznogorsk,Железногорск,1950-02-26,irbit
irbit,Irbit,Ирбит,1631-01-01,zheleznogorsk
hostile,<script>alert(1)</script>,<img src=x onerror=alert(1)>,2000-01-01,irbit
`)
  writeFileSync(join(folder, 'queries/founded.rq'), `# title: Cities by the day of their foundation
# param: since date = 1900-01-01
SELECT ?city ?founded { ?city <${base}ns#founded> ?founded FILTER(?founded >= ?since) } ORDER BY ?founded
`)
}

/** @param {string} folder */
export function build(folder) {
  const { status, stderr } = spawnSync(program, ['--project', folder, 'build', '--quiet'], { encoding: 'utf8' })
  if (status !== 0) throw new Error(stderr)
}

/**
 * Runs the program and gives what it said.
 * @param {string[]} words
 */
export function run(words) {
  return spawnSync(program, words, { encoding: 'utf8' })
}

/** Starts the browser, again where it dies while it starts, as it does now and then on a busy machine. */
export async function launch(tries = 3) {
  try {
    return await chromium.launch({ executablePath, args: ['--no-sandbox', '--disable-gpu'] })
  } catch (error) {
    if (tries <= 1) throw error
    return launch(tries - 1)
  }
}

/**
 * A page of its own, in which nothing may go wrong: no error in the console, nothing that the policy forbids, no request
 * to anywhere else.
 * @param {import('playwright-core').Browser} browser
 * @param {import('playwright-core').BrowserContextOptions & { own?: string, expects?: RegExp }} [options] `expects`: errors that are meant
 */
export async function visit(browser, { own, expects, ...options } = {}) {
  const context = await browser.newContext({ locale: 'en', viewport: { width: 1280, height: 900 }, reducedMotion: 'reduce', ...options })
  await context.grantPermissions(['clipboard-read', 'clipboard-write'])
  context.setDefaultTimeout(15_000)
  await context.addInitScript(() => {
    const all = /** @type {any} */ (window)
    all.shifted = 0
    new PerformanceObserver((list) => {
      for (const entry of /** @type {any[]} */ (list.getEntries())) if (!entry.hadRecentInput) all.shifted += entry.value
    }).observe({ type: 'layout-shift', buffered: true })
  })
  const page = await context.newPage()
  /** @type {string[]} */
  const wrong = []
  page.on('pageerror', (error) => wrong.push(`error: ${error.message}`))
  page.on('console', (message) => {
    if (['error', 'warning'].includes(message.type()) && !expects?.test(message.text())) wrong.push(`console: ${message.text()} ${message.location().url}`)
  })
  page.on('dialog', (dialog) => {
    wrong.push(`dialog: ${dialog.message()}`)
    dialog.dismiss()
  })
  page.on('request', (request) => {
    const address = new URL(request.url())
    if (own && address.protocol.startsWith('http') && address.origin !== new URL(own).origin) wrong.push(`request to ${request.url()}`)
  })
  return { page, wrong, close: () => context.close() }
}

/**
 * What axe finds. It is not asked where pictures of all looks are wanted.
 * @param {import('playwright-core').Page} page
 */
export async function findings(page) {
  if (pictures) return []
  // By the protocol of the browser and not as a script of the page, which its policy forbids.
  await page.evaluate(axe)
  const { violations } = await page.evaluate(() => /** @type {any} */ (window).axe.run(document, { resultTypes: ['violations'] }))
  return violations.map((/** @type {any} */ one) => `${one.id}: ${one.help} — ${one.nodes.slice(0, 4).map((/** @type {any} */ node) => node.target.flat().join(' ')).join(' | ')}`)
}

/**
 * Keeps a picture of a page, where somebody wants to look.
 * @param {import('playwright-core').Page} page
 * @param {string} name
 * @param {boolean} [whole]
 */
export async function picture(page, name, whole = false) {
  if (!pictures) return
  mkdirSync(pictures, { recursive: true })
  await page.screenshot({ path: join(pictures, `${name}.png`), fullPage: whole })
}

/**
 * Whether anything is wider than the page.
 * @param {import('playwright-core').Page} page
 */
export const overflow = (page) => page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth)

/**
 * How far the page has moved while it was drawn (cumulative layout shift).
 * @param {import('playwright-core').Page} page
 */
export const shifted = (page) => page.evaluate(() => /** @type {number} */ (/** @type {any} */ (window).shifted))

/** The most that a page may move. */
export const SHIFT = 0.01

export { writeFileSync, join }

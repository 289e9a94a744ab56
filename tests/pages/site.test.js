/** The static site, from a plain file server: pages, search and SPARQL in the browser. */

import assert from 'node:assert/strict'
import { createServer } from 'node:http'
import { existsSync, mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { extname, join, normalize } from 'node:path'
import { after, before, test } from 'node:test'
import { LOOKS, build, findings, launch, overflow, picture, run, small, visit } from './start.js'

const TYPES = /** @type {Record<string, string>} */ ({ '.html': 'text/html', '.js': 'text/javascript', '.css': 'text/css', '.svg': 'image/svg+xml', '.json': 'application/json', '.wasm': 'application/wasm' })

/** @type {import('node:http').Server} */
let server
/** @type {import('playwright-core').Browser} */
let browser
let url = ''
let folder = ''

before(async () => {
  const project = mkdtempSync(join(tmpdir(), 'civigraph-project-'))
  small(project)
  build(project)
  folder = mkdtempSync(join(tmpdir(), 'civigraph-site-'))
  const { status, stderr } = run(['--project', project, 'site', join(folder, 'graph')])
  rmSync(project, { recursive: true })
  assert.equal(status, 0, stderr)
  // Under a path of its own, as on many hosts.
  server = createServer((request, response) => {
    const path = normalize(join(folder, decodeURIComponent(new URL(request.url ?? '/', 'http://x').pathname)))
    const file = existsSync(path) && statSync(path).isDirectory() ? join(path, 'index.html') : path
    if (!file.startsWith(folder) || !existsSync(file)) return response.writeHead(404).end()
    response.writeHead(200, { 'content-type': TYPES[extname(file)] ?? 'application/octet-stream' }).end(readFileSync(file))
  })
  await new Promise((resolve) => server.listen(0, '127.0.0.1', () => resolve(undefined)))
  const address = /** @type {import('node:net').AddressInfo} */ (server.address())
  url = `http://127.0.0.1:${address.port}/graph/`
  browser = await launch()
})
after(async () => {
  await browser?.close()
  server?.close()
  rmSync(folder, { recursive: true, force: true })
})

test('the site has the front page, and its links lead to pages', async () => {
  const { page, wrong, close } = await visit(browser, { own: url })
  await page.goto(url)
  await picture(page, 'site-front', true)
  assert.deepEqual(await findings(page), [])
  const links = await page.locator('main a[href]').evaluateAll((all) => all.map((one) => /** @type {HTMLAnchorElement} */ (one).href))
  const own = [...new Set(links.filter((link) => link.startsWith(url)).map((link) => link.split('#')[0]))].slice(0, 40)
  assert.ok(own.length > 2, String(own))
  for (const link of own) assert.equal((await page.request.get(link)).status(), 200, link)
  assert.deepEqual(wrong, [])
  await close()
})

test('pages of the site fit, and axe finds nothing', async () => {
  const query = encodeURIComponent('SELECT ?city ?founded { ?city <https://example.org/ns#founded> ?founded } ORDER BY ?founded')
  /** @type {[string, string, string][]} */
  const pages = [['front', '', 'footer'], ['thing', 'id/city/irbit.html', 'footer'], ['search', 'search.html?q=Irbit', 'main'], ['query', `query.html?query=${query}`, 'table.answer']]
  for (const [name, path, selector] of pages) {
    for (const [locale, colorScheme, width] of LOOKS) {
      const { page, wrong, close } = await visit(browser, { own: url, locale, colorScheme, viewport: { width, height: 900 } })
      await page.goto(`${url}${locale === 'ru' ? 'ru/' : ''}${path}`)
      await page.locator(selector).first().waitFor({ timeout: 60_000 })
      await page.waitForTimeout(200)
      const how = `${locale} ${colorScheme} ${width}`
      await picture(page, `site-${name}-${how.replaceAll(' ', '-')}`, true)
      assert.ok(await overflow(page) <= 0, `${name}: ${how}`)
      assert.deepEqual(await findings(page), [], `${name}: ${how}`)
      assert.deepEqual(wrong, [])
      await close()
    }
  }
})

test('the search of the site finds names in both scripts, with errors', async () => {
  const { page, wrong, close } = await visit(browser, { own: url })
  await page.goto(url)
  for (const text of ['Железн', 'zheleznogorsk', 'Железногорска', 'Zheleznogorks']) {
    await page.locator('#search').fill(text)
    await page.locator('.suggestions li', { hasText: /Железногорск|Zheleznogorsk/ }).first().waitFor()
    await page.locator('#search').fill('')
  }
  await page.locator('#search').fill('Ирбит')
  await page.locator('.suggestions li a', { hasText: 'Ирбит' }).first().click()
  await page.waitForURL(/irbit/)
  assert.match(await page.locator('h1').innerText(), /Irbit/)
  assert.deepEqual(wrong, [])
  await close()
})

test('a query of the site is answered in the browser', async () => {
  const { page, wrong, close } = await visit(browser, { own: url })
  const query = 'SELECT ?city ?name ?founded { ?city a <https://example.org/ns#City> ; <http://www.w3.org/2000/01/rdf-schema#label> ?name ; <https://example.org/ns#founded> ?founded } ORDER BY ?founded ?name'
  await page.goto(`${url}query.html?query=${encodeURIComponent(query)}`)
  await page.locator('table.answer tbody tr').first().waitFor({ timeout: 60_000 })
  assert.equal(await page.locator('table.answer tbody tr').count(), 6)
  await picture(page, 'site-query', true)
  assert.deepEqual(await findings(page), [])
  await page.getByRole('tab', { name: 'Time line' }).click()
  await page.locator('svg.timeline .bar').first().waitFor()
  // A download is made here.
  const [download] = await Promise.all([page.waitForEvent('download'), page.locator('.downloads button', { hasText: 'CSV' }).first().click()])
  assert.equal(download.suggestedFilename(), 'answer.csv')
  // A label, and a link to its page.
  await page.getByRole('tab', { name: 'Table' }).click()
  const link = page.locator('table.answer tbody a', { hasText: 'Irbit' }).first()
  await link.click()
  await page.waitForURL(/irbit\.html/)
  assert.deepEqual(wrong, [])
  await close()
})

test('a stored query of the site takes the values of its form, and errors have their place', async () => {
  const { page, wrong, close } = await visit(browser, { own: url })
  await page.goto(`${url}query/founded.html`)
  await page.locator('table.answer tbody tr').first().waitFor({ timeout: 60_000 })
  assert.equal(await page.locator('table.answer tbody tr').count(), 2)
  await page.getByLabel('since').fill('1600-01-01')
  await page.getByRole('button', { name: 'Run' }).click()
  await page.locator('table.answer tbody tr').nth(2).waitFor()
  await page.goto(`${url}query.html?query=${encodeURIComponent('SELECT ?s {\n ?s ?p\n}')}`)
  await page.locator('#answer .problem', { hasText: /Line 3/ }).waitFor({ timeout: 60_000 })
  assert.deepEqual(wrong, [])
  await close()
})

test('the site in Russian has the same', async () => {
  const { page, wrong, close } = await visit(browser, { own: url })
  await page.goto(`${url}ru/query.html?query=${encodeURIComponent('SELECT ?city { ?city a <https://example.org/ns#City> }')}`)
  await page.locator('table.answer tbody tr a', { hasText: 'Железногорск' }).waitFor({ timeout: 60_000 })
  assert.equal(await page.locator('#answer script, #answer img').count(), 0)
  await page.locator('#search').fill('Irbit')
  await page.locator('.suggestions li a', { hasText: 'Irbit' }).first().click()
  await page.waitForURL(/\/ru\/.*irbit/)
  assert.deepEqual(wrong, [])
  await close()
})

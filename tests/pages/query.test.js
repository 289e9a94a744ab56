/** The query page: the editor, completion, running, views, addresses, errors. */

import assert from 'node:assert/strict'
import { test } from 'node:test'
import { CITIES, STATES, asked } from './kinds.js'
import { LOOKS, SHIFT, browser, findings, open, overflow, picture, serve, service, shifted, visit } from './start.js'

open()

/** @param {string} text */
const address = (text, more = '') => service.url + asked(text, more)

/** @param {import('playwright-core').Page} page */
const editor = (page) => page.locator('.cm-content')

/** Turns to the editor, which is loaded then. @param {import('playwright-core').Page} page */
async function turn(page) {
  await page.locator('.editor-box').hover()
  await editor(page).waitFor()
}

/** Types into the editor, as a person does. @param {import('playwright-core').Page} page @param {string} text */
async function write(page, text) {
  await turn(page)
  await editor(page).click()
  await page.keyboard.press('Control+A')
  await page.keyboard.press('Delete')
  await page.keyboard.type(text)
}

/** @param {import('playwright-core').Page} page */
const answered = (page) => page.locator('#answer .views, #answer .problem, #answer .empty').first().waitFor()

test('a query is written and run by the keyboard', async () => {
  const { page, wrong, close } = await visit(browser, { own: service.url })
  await page.goto(`${service.url}/query`)
  await write(page, 'SELECT ?s { ?s a cg:City')
  await page.keyboard.press('Escape')
  await page.keyboard.press('Control+Enter')
  await answered(page)
  assert.ok(await page.locator('table.answer tbody tr').count() > 5)
  assert.match(await page.locator('#query-status').innerText(), /rows · in .* · build /)
  // The address has the query and the build, and shows the same when it is opened again.
  assert.match(page.url(), /query=SELECT.*&build=\d{4}-/)
  const rows = await page.locator('table.answer tbody tr').count()
  await page.reload()
  await answered(page)
  assert.equal(await page.locator('table.answer tbody tr').count(), rows)
  assert.match(await page.locator('.preview').innerText(), /SELECT \?s/)
  // It is in the list of what was run.
  assert.ok(await page.locator('#query-history li').count() >= 1)
  assert.deepEqual(wrong, [])
  await close()
})

test('typing a part of a Russian name offers the city', async () => {
  const { page, wrong, close } = await visit(browser, { own: service.url })
  await page.goto(`${service.url}/query`)
  await write(page, 'SELECT * { ?event cg:hostMunicipality Железн')
  const option = page.locator('.cm-tooltip-autocomplete li', { hasText: 'Железногорск' }).first()
  await option.waitFor()
  await picture(page, 'completion')
  await option.click()
  assert.match(await editor(page).innerText(), /city:zato-zheleznogorsk|id\/city\/zato-zheleznogorsk/)
  assert.deepEqual(wrong, [])
  await close()
})

test('after a variable only properties of such things are offered', async () => {
  const { page, wrong, close } = await visit(browser, { own: service.url })
  await page.goto(`${service.url}/query`)
  await write(page, 'SELECT * { ?city a cg:City . ?city ')
  const options = page.locator('.cm-tooltip-autocomplete li')
  await options.first().waitFor()
  const texts = (await options.allInnerTexts()).join('\n')
  assert.match(texts, /locatedIn/)
  assert.doesNotMatch(texts, /cg:agent\b/)
  await page.keyboard.type('loc')
  await page.locator('.cm-tooltip-autocomplete li', { hasText: 'cg:locatedIn' }).first().waitFor()
  await page.waitForTimeout(400)
  await page.keyboard.press('Enter')
  assert.match(await editor(page).innerText(), /\?city cg:locatedIn/)
  assert.deepEqual(wrong, [])
  await close()
})

test('a query is laid out, and the term at the cursor is explained', async () => {
  const { page, wrong, close } = await visit(browser, { own: service.url })
  await page.goto(address('select ?c where{?c a cg:City . filter(?c!=1)}'))
  await answered(page)
  await page.getByRole('button', { name: 'Format' }).click()
  await turn(page)
  assert.match((await editor(page).innerText()).replaceAll('\u200b', ''), /SELECT \?c\nWHERE \{\n {2}\?c a cg:City \.\n {2}FILTER\(\?c != 1\)\n\}/)
  await page.locator('.cm-line', { hasText: 'cg:City' }).getByText('cg:City').click()
  await page.locator('#query-help', { hasText: /members/ }).waitFor()
  assert.deepEqual(wrong, [])
  await close()
})

test('the editor comes when somebody turns to the text, by mouse or by keyboard, and keeps what was typed', async () => {
  const { page, wrong, close } = await visit(browser, { own: service.url })
  await page.goto(address('SELECT ?s {\n  ?s a cg:City\n}'))
  await answered(page)
  assert.equal(await editor(page).count(), 0)
  const before = await page.locator('.preview .line').nth(1).boundingBox()
  await page.locator('#query-text').focus()
  await page.keyboard.press('Control+End')
  await page.keyboard.type(' # more')
  await editor(page).waitFor()
  await page.keyboard.type(' words')
  assert.match(await editor(page).innerText(), /\} # more words/)
  assert.equal(await page.locator('.preview').count(), 0)
  // Lines are where they were.
  const after = await page.locator('.cm-line').nth(1).boundingBox()
  assert.ok(Math.abs((before?.y ?? 0) - (after?.y ?? 99)) < 2, `${before?.y} ${after?.y}`)
  assert.deepEqual(wrong, [])
  await close()
})

test('an error is underlined at its place and says what is missing', async () => {
  const { page, wrong, close } = await visit(browser, { own: service.url, expects: /400/ })
  await page.goto(address('SELECT ?s {\n  ?s ?p\n}'))
  await answered(page)
  const problem = page.locator('#answer .problem')
  assert.match(await problem.innerText(), /Line 3, column 1/)
  // It is so before the editor is there, and in it.
  await page.locator('.preview .wrong').first().waitFor()
  await picture(page, 'error')
  await problem.getByRole('button').first().click()
  await page.locator('.cm-lintRange-error').first().waitFor()
  assert.equal(await page.evaluate(() => document.activeElement?.classList.contains('editor')), true)
  assert.deepEqual(await findings(page), [])
  assert.deepEqual(wrong, [])
  await close()
})

test('an empty answer says what was meant', async () => {
  const { page, wrong, close } = await visit(browser, { own: service.url })
  await page.goto(address('SELECT ?s { ?s a cg:Citty }'))
  await answered(page)
  assert.match(await page.locator('#answer .empty').innerText(), /Nothing matches\.\s[^]*City/)
  await picture(page, 'empty')
  assert.deepEqual(wrong, [])
  await close()
})

test('a query that runs shows its time and is cancelled', async () => {
  const { page, wrong, close } = await visit(browser, { own: service.url })
  await page.goto(`${service.url}/query`)
  await write(page, 'SELECT (COUNT(*) AS ?n) { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i FILTER(CONCAT(STR(?a), STR(?d), STR(?g)) = "x")')
  await page.keyboard.press('Escape')
  await page.keyboard.press('Control+Enter')
  await page.locator('#query-status', { hasText: /Running for 0\.[3-9] s|Running for [1-9]/ }).waitFor()
  await page.keyboard.press('Escape')
  await page.locator('#query-status', { hasText: 'Cancelled.' }).waitFor()
  assert.equal(await page.getByRole('button', { name: 'Cancel' }).isVisible(), false)
  assert.deepEqual(wrong, [])
  await close()
})

test('each view shows the answer, and says why it does not fit', async () => {
  const { page, wrong, close } = await visit(browser, { own: service.url })
  await page.goto(address(CITIES))
  await answered(page)
  const rows = await page.locator('table.answer tbody tr').count()
  assert.ok(rows > 5, String(rows))
  // Labels beside IRIs.
  assert.match(await page.locator('table.answer td[data-column="region"]').first().innerText(), /^[A-Z][a-z]+/)
  for (const [view, shape, many] of [['Graph', 'svg.graph .node', rows], ['Time line', 'svg.timeline .bar', rows], ['Map', 'svg.map .point', rows]]) {
    await page.getByRole('tab', { name: String(view) }).click()
    await page.locator(String(shape)).first().waitFor()
    assert.ok(await page.locator(String(shape)).count() >= Number(many), String(view))
    await picture(page, `view-${String(view).toLowerCase().replace(' ', '-')}`, true)
    assert.deepEqual(await findings(page), [], String(view))
  }
  await page.getByRole('tab', { name: 'Raw' }).click()
  await page.locator('.raw pre', { hasText: '"head"' }).waitFor()
  // The view is in the address.
  assert.match(page.url(), /view=raw/)
  const chart = page.getByRole('tab', { name: 'Chart' })
  assert.equal(await chart.getAttribute('aria-disabled'), 'true')
  await chart.click({ force: true })
  assert.match(await page.locator('.why').innerText(), /needs a column with numbers/)
  await page.goto(address('SELECT ?class (COUNT(?x) AS ?members) { ?x a ?class } GROUP BY ?class ORDER BY DESC(?members) LIMIT 8', '&view=chart'))
  await page.locator('svg.chart rect').first().waitFor()
  assert.equal(await page.locator('svg.chart rect').count(), 8)
  await picture(page, 'view-chart', true)
  assert.deepEqual(await findings(page), [])
  assert.deepEqual(wrong, [])
  await close()
})

test('a chart over time is drawn as lines, a graph query as a graph, a question as yes or no', async () => {
  const { page, wrong, close } = await visit(browser, { own: service.url })
  await page.goto(address('SELECT ?year ?a ?b { VALUES (?year ?a ?b) { ("2016"^^xsd:gYear 1 5) ("2017"^^xsd:gYear 4 3) ("2019"^^xsd:gYear 9 2) } }', '&view=chart'))
  await page.locator('svg.chart polyline').first().waitFor()
  assert.equal(await page.locator('svg.chart polyline').count(), 2)
  await picture(page, 'view-lines', true)
  await page.goto(address('CONSTRUCT { ?city cg:locatedIn ?region } { ?city a cg:City ; cg:locatedIn ?region }', '&view=graph'))
  await page.locator('svg.graph .edge').first().waitFor()
  assert.match(await page.locator('#query-status').innerText(), /triples/)
  await page.goto(address('ASK { ?s a cg:City }'))
  await page.locator('.truth', { hasText: 'Yes' }).waitFor()
  assert.deepEqual(wrong, [])
  await close()
})

test('a table is sorted and copied, and an answer downloaded in every format', async () => {
  const { page, wrong, close } = await visit(browser, { own: service.url })
  await page.goto(address('SELECT ?n ?t { VALUES (?n ?t) { (10 "=1") (9 "b") (UNDEF "c") } }'))
  await answered(page)
  const column = () => page.locator('table.answer td[data-column="n"]').allInnerTexts()
  await page.locator('.sort').first().click()
  assert.deepEqual(await column(), ['9', '10', '—'])
  await page.locator('.sort').first().click()
  assert.deepEqual(await column(), ['10', '9', '—'])
  await page.locator('.sort').first().hover()
  await page.getByRole('button', { name: 'copy column n' }).click()
  assert.equal(await page.evaluate(() => navigator.clipboard.readText()), '10\n9\n')
  const links = page.locator('.downloads a')
  assert.deepEqual(await links.allInnerTexts(), ['CSV', 'TSV', 'JSON', 'XML', 'CSV for spreadsheets'])
  for (const link of await links.all()) {
    const response = await page.request.get(new URL(String(await link.getAttribute('href')), service.url).href)
    assert.equal(response.status(), 200)
    if ((await link.innerText()).endsWith('spreadsheets')) assert.match(await response.text(), /,'=1/)
  }
  assert.deepEqual(wrong, [])
  await close()
})

test('an answer of many rows is shown in parts, and one that is cut says so', async () => {
  const { page, wrong, close } = await visit(browser, { own: service.url })
  await page.goto(address('SELECT * { ?s ?p ?o . ?x a cg:City }'))
  await answered(page)
  assert.equal(await page.locator('table.answer tbody tr').count(), 1000)
  assert.match(await page.locator('#answer .cut').innerText(), /not the whole answer/)
  assert.match(String(await page.locator('#answer .cut a').getAttribute('href')), /format=csv/)
  await page.locator('button.more').click()
  assert.equal(await page.locator('table.answer tbody tr').count(), 2000)
  await picture(page, 'cut')
  assert.deepEqual(wrong, [])
  await close()
})

test('a stored query is found, its form filled and run', async () => {
  const { page, wrong, close } = await visit(browser, { own: service.url })
  await page.goto(`${service.url}/query`)
  await page.getByRole('searchbox', { name: 'Filter' }).fill('events year')
  await page.locator('#stored-list li:visible a').first().click()
  await answered(page)
  const field = page.getByLabel('year')
  await field.fill('2017')
  await field.press('Enter')
  await page.waitForURL(/year=2017/)
  await page.locator('#answer:not([aria-busy])').waitFor()
  await answered(page)
  assert.match(page.url(), /\/query\/events-in-year\?.*build=/)
  await picture(page, 'stored', true)
  assert.deepEqual(await findings(page), [])
  // Its text with these values can be gone on from.
  await page.getByRole('button', { name: 'Edit as SPARQL' }).click()
  await page.locator('.preview').waitFor()
  assert.match(String(new URL(page.url()).searchParams.get('query')), /"2017"\^\^/)
  await answered(page)
  assert.equal(await page.locator('#answer .problem').count(), 0)
  assert.deepEqual(wrong, [])
  await close()
})

test('an address names its build, and a build that was deleted can be asked again', async (t) => {
  const own = await serve()
  t.after(own.stop)
  const { page, wrong, close } = await visit(browser, { own: own.url, expects: /410/ })
  const first = own.id()
  const query = encodeURIComponent('SELECT (COUNT(*) AS ?n) { ?s a cg:City }')
  const gone = await page.goto(`${own.url}/query?query=${query}&build=0000-00000000`)
  assert.equal(gone?.status(), 410)
  assert.equal(await page.locator('table.answer').count(), 0)
  await picture(page, 'gone')
  await page.locator('.cut a').click()
  await answered(page)
  assert.match(page.url(), new RegExp(`build=${first}`))
  assert.deepEqual(wrong, [])
  await close()
})

test('without scripts a form has a table as its answer', async () => {
  const { page, wrong, close } = await visit(browser, { own: service.url, javaScriptEnabled: false })
  await page.goto(`${service.url}/query`)
  await page.getByRole('textbox', { name: /SPARQL/ }).fill('SELECT ?city ?region { ?city a cg:City ; cg:locatedIn ?region }')
  await page.getByRole('button', { name: 'Run' }).click()
  assert.ok(await page.locator('table.answer tbody tr').count() > 3)
  assert.match(await page.locator('table.answer td').nth(1).innerText(), /^[A-Z]/)
  await picture(page, 'no-scripts')
  await page.getByRole('textbox', { name: /SPARQL/ }).fill('SELECT ?x { ')
  await page.getByRole('button', { name: 'Run' }).click()
  assert.match(await page.locator('.problem').innerText(), /line 1/)
  await page.goto(`${service.url}/query/events-in-year?year=2017&run=1`)
  assert.ok(await page.locator('table.answer tbody tr').count() > 0)
  assert.deepEqual(wrong, [])
  await close()
})

test('hostile answers run nothing', async () => {
  const { page, wrong, close } = await visit(browser, { own: service.url })
  const bad = ['<script>alert(1)</script>', '<img src=x onerror=alert(1)>', '"><svg onload=alert(1)>', '{{7*7}}', '\u202e<b>']
  const values = bad.map((text) => `(${JSON.stringify(text)} <javascript:alert(1)> "2018-01-01"^^xsd:date 5 "POINT(40 50)"^^<http://www.opengis.net/ont/geosparql#wktLiteral> <http://e/${encodeURIComponent(text)}>)`)
  const query = `SELECT ?text ?link ?date ?number ?point ?other { VALUES (?text ?link ?date ?number ?point ?other) { ${values.join(' ')} } }`
  await page.goto(address(query))
  await answered(page)
  for (const tab of await page.getByRole('tab').all()) {
    await tab.click()
    await page.waitForTimeout(300)
    assert.equal(await page.locator('#answer script, #answer img, #answer b').count(), 0)
    assert.equal(await page.locator('#answer a[href^="javascript"]').count(), 0)
  }
  // In the text of the query as well, and in completion.
  await page.goto(address('# </textarea><script>alert(2)</script>\nSELECT ("<script>alert(3)</script>" AS ?x) {}'))
  await answered(page)
  assert.deepEqual(wrong, [])
  await close()
})

for (const [name, path, selector] of STATES) {
  test(`the query page fits in the state "${name}", does not move, and axe finds nothing`, async () => {
    for (const [locale, colorScheme, width] of LOOKS) {
      const { page, wrong, close } = await visit(browser, { own: service.url, locale, colorScheme, viewport: { width, height: 900 }, expects: /40\d|410/ })
      await page.goto(service.url + path)
      await page.locator(selector).first().waitFor()
      await page.waitForTimeout(200)
      const how = `${locale} ${colorScheme} ${width}`
      // A thousand rows are too high for a picture.
      await picture(page, `query-${name}-${how.replaceAll(' ', '-')}`, name !== 'part')
      assert.ok(await overflow(page) <= 0, how)
      assert.ok(await shifted(page) < SHIFT, `${how}: the page moves by ${await shifted(page)}`)
      assert.deepEqual(await findings(page), [], how)
      assert.deepEqual(wrong, [])
      await close()
    }
  })
}

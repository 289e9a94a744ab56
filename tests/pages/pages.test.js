/** The pages that show the graph: front page, search, things, rows, lists, in every width, language and theme. */

import assert from 'node:assert/strict'
import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { KINDS } from './kinds.js'
import { LOOKS, SHIFT, browser, findings, open, overflow, picture, serve, service, shifted, visit } from './start.js'

/** What must never run, as labels, names and notes. */
const HOSTILE = '<script>alert(1)</script><img src=x onerror=alert(2)>'

open()

for (const [name, path, status = 200] of KINDS) {
  test(`the page of kind "${name}" fits, reads well and does not move`, async () => {
    for (const [locale, colorScheme, width] of LOOKS) {
      const { page, wrong, close } = await visit(browser, {
        own: service.url, locale, colorScheme, viewport: { width, height: 900 }, ...(status === 200 ? {} : { expects: new RegExp(String(status)) }),
      })
      const how = `${locale} ${colorScheme} ${width}`
      const response = await page.goto(service.url + path)
      assert.equal(response?.status(), status)
      assert.equal(await page.locator('html').getAttribute('lang'), locale)
      await picture(page, `${name}-${how.replaceAll(' ', '-')}`, true)
      assert.ok(await overflow(page) <= 0, `${how}: wider than the page`)
      assert.ok(await shifted(page) < SHIFT, `${how}: the page moves by ${await shifted(page)}`)
      assert.deepEqual(await findings(page), [], how)
      assert.deepEqual(wrong, [])
      await close()
    }
  })
}

test('the search is reached by its key, offers while somebody types, and finds by the keyboard', async () => {
  const { page, wrong, close } = await visit(browser, { own: service.url })
  await page.goto(`${service.url}/`)
  await page.keyboard.press('/')
  await page.keyboard.type('Железн')
  const option = page.locator('.suggestions li', { hasText: 'Железногорск' }).first()
  await option.waitFor()
  await picture(page, 'suggestions')
  assert.deepEqual(await findings(page), [])
  await page.keyboard.press('ArrowDown')
  await page.keyboard.press('Enter')
  await page.waitForURL(/\/id\/city\/zheleznogorsk/)
  await page.keyboard.press('/')
  await page.keyboard.type('Irbit')
  await page.keyboard.press('Enter')
  await page.waitForURL(/\/search\?q=Irbit/)
  await page.locator('main a', { hasText: 'Irbit' }).first().waitFor()
  assert.deepEqual(wrong, [])
  await close()
})

test('language and theme are switched and stay', async () => {
  const { page, wrong, close } = await visit(browser, { own: service.url })
  await page.goto(`${service.url}/id/city/irbit`)
  await page.locator('a.language').click()
  await page.waitForURL(/\/ru\/id\/city\/irbit/)
  assert.match(await page.locator('h1').innerText(), /Ирбит/)
  await page.locator('header nav a').first().click()
  await page.waitForURL(/\/ru\/browse/)
  await page.waitForLoadState('load')
  assert.equal(await page.locator('html').getAttribute('lang'), 'ru')
  await page.locator('[data-theme-switch]').click()
  assert.equal(await page.locator('html').getAttribute('data-theme'), 'dark')
  await page.reload()
  assert.equal(await page.locator('html').getAttribute('data-theme'), 'dark')
  assert.deepEqual(wrong, [])
  await close()
})

test('a page is reached and left by the keyboard alone', async () => {
  const { page, close } = await visit(browser, { own: service.url })
  await page.goto(`${service.url}/id/city/zheleznogorsk`)
  await page.keyboard.press('Tab')
  assert.equal(await page.evaluate(() => document.activeElement?.className), 'skip')
  await page.keyboard.press('Enter')
  assert.equal(await page.evaluate(() => document.activeElement?.id), 'content')
  // A mark opens in its place.
  const mark = page.locator('details.mark > summary').first()
  await mark.focus()
  await page.keyboard.press('Enter')
  assert.equal(await page.locator('details.mark[open]').count(), 1)
  await close()
})

test('hostile labels, notes and names run nothing on any page', async (t) => {
  const own = await serve({
    change(folder) {
      const file = join(folder, 'data/cities.csv')
      const lines = readFileSync(file, 'utf8').split('\n')
      const columns = lines[0].split(',')
      const at = columns.indexOf('label_en')
      assert.ok(at > 0, 'cities.csv has a column label_en')
      const cells = lines[1].split(',')
      cells[at] = `"${HOSTILE}"`
      lines[1] = cells.join(',')
      writeFileSync(file, lines.join('\n'))
    },
  })
  t.after(own.stop)
  const { page, wrong, close } = await visit(browser, { own: own.url, expects: /404/ })
  const id = readFileSync(join(own.folder, 'data/cities.csv'), 'utf8').split('\n')[1].split(',')[0]
  for (const path of [`/id/city/${id}`, '/data/cities.csv', '/data/cities.csv/row/2', '/search?q=script', `/search?q=${encodeURIComponent(HOSTILE)}`,
    `/${encodeURIComponent(HOSTILE)}`, `/resource?iri=${encodeURIComponent(`javascript:${HOSTILE}`)}`, `/query/${encodeURIComponent(HOSTILE)}`]) {
    await page.goto(own.url + path)
    assert.equal(await page.locator('main script, main img').count(), 0, path)
    assert.equal(await page.locator('a[href^="javascript"]').count(), 0, path)
  }
  await page.goto(`${own.url}/`)
  await page.locator('#search').fill('script')
  await page.locator('.suggestions li').first().waitFor()
  assert.deepEqual(wrong, [])
  await close()
})

test('a document shows its words where its folder is given, and its spans fit', async (t) => {
  const sources = join(process.env.CIVIGRAPH_SHARED ?? join(process.env.CIVIGRAPH_ROOT ?? '', '../shared'), 'sources')
  if (!existsSync(sources)) return t.skip('the documents are not here')
  const own = await serve({ arguments: ['--sources', sources] })
  t.after(own.stop)
  for (const [locale, colorScheme, width] of LOOKS) {
    const { page, wrong, close } = await visit(browser, { own: own.url, locale, colorScheme, viewport: { width, height: 900 } })
    await page.goto(`${own.url}/id/document/001`)
    assert.ok(await page.locator('.spans q').count() > 5)
    assert.ok(await overflow(page) <= 0, `${locale} ${width}`)
    assert.deepEqual(await findings(page), [], `${locale} ${colorScheme} ${width}`)
    await picture(page, `words-${locale}-${colorScheme}-${width}`, true)
    assert.deepEqual(wrong, [])
    await close()
  }
})

test('a page is printed dark on light, with what its marks open and nothing to press', async () => {
  const { page, wrong, close } = await visit(browser, { own: service.url, colorScheme: 'dark' })
  await page.goto(`${service.url}/id/event/zheleznogorsk-project-session-2018`)
  const claim = page.locator('details.mark .claim').first()
  assert.equal(await claim.isVisible(), false)
  await page.emulateMedia({ media: 'print', colorScheme: 'dark' })
  assert.equal(await page.evaluate(() => getComputedStyle(document.body).backgroundColor), 'rgb(255, 255, 255)')
  assert.equal(await claim.isVisible(), true)
  for (const part of ['header nav', '#search', '.buttons button', '.skip']) assert.equal(await page.locator(part).first().isVisible(), false, part)
  await picture(page, 'print', true)
  assert.deepEqual(wrong, [])
  await close()
})

test('without scripts every page is read, searched and browsed', async () => {
  const { page, wrong, close } = await visit(browser, { own: service.url, javaScriptEnabled: false })
  await page.goto(`${service.url}/`)
  await page.locator('#search').fill('Железн')
  await page.locator('#search').press('Enter')
  await page.waitForURL(/\/search\?q=/)
  await page.locator('main .things a').first().click()
  await page.waitForURL(/\/id\//)
  await page.locator('details.mark > summary').first().click()
  assert.equal(await page.locator('details.mark[open] .claim').first().isVisible(), true)
  // Nothing is there that only scripts could do.
  assert.equal(await page.locator('[data-copy]').isVisible(), false)
  assert.deepEqual(wrong, [])
  await close()
})

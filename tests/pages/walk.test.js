/** The walk of a researcher: from an answer to the cell, to the span of the source, and back; by mouse and by keyboard. */

import assert from 'node:assert/strict'
import { test } from 'node:test'
import { browser, open, picture, service, visit } from './start.js'

open()

/** Where Irbit is, and the cell that says so. */
const QUERY = `SELECT ?city ?region ?cell {
  ?city a cg:City ; cg:locatedIn ?region
  FILTER(?city = <https://w3id.org/civigraph/id/city/irbit>)
  BIND(cg:cellOf(?city, cg:locatedIn, ?region) AS ?cell)
}`

/** @param {import('playwright-core').Page} page */
const target = (page) => page.evaluate(() => document.querySelector(':target')?.id ?? '')

/**
 * Goes on with the Tab key until a link is reached.
 * @param {import('playwright-core').Page} page
 * @param {string} selector
 */
async function tabTo(page, selector, most = 400) {
  for (let pressed = 0; pressed < most; pressed += 1) {
    await page.keyboard.press('Tab')
    const reached = await page.evaluate((wanted) => document.activeElement?.matches(wanted) ?? false, selector)
    if (!reached) continue
    // Who uses the keyboard has to see where they are.
    const outline = await page.evaluate(() => {
      const style = getComputedStyle(/** @type {Element} */ (document.activeElement))
      return [style.outlineStyle, style.outlineWidth]
    })
    assert.notEqual(outline[0], 'none', `${selector}: the focus is not seen`)
    assert.notEqual(outline[1], '0px', `${selector}: the focus is not seen`)
    return
  }
  assert.fail(`no Tab reaches ${selector}`)
}

/**
 * The steps of the walk, each with what is followed and the page that it leads to.
 * @type {[string, string, RegExp][]}
 */
const STEPS = [
  ['the cell', '#answer td[data-column="cell"] a', /\/data\/cities\.csv\/row\/\d+#c\d+$/],
  ['the span', 'tr:target .claim a[href*="#e-"]', /\/id\/document\/[^#]+#e-/],
  ['the thing', '.spans li:target a[href$="/id/city/irbit"]', /\/id\/city\/irbit$/],
]

for (const [how, follow] of /** @type {[string, (page: import('playwright-core').Page, selector: string) => Promise<void>][]} */ ([
  ['by mouse', (page, selector) => page.locator(selector).first().click()],
  ['by the keyboard alone', async (page, selector) => {
    await tabTo(page, selector)
    await page.keyboard.press('Enter')
  }],
])) {
  test(`an answer leads to its cell, the cell to the span of its source, and back, ${how}`, async () => {
    const { page, wrong, close } = await visit(browser, { own: service.url })
    await page.goto(`${service.url}/query?query=${encodeURIComponent(QUERY)}`)
    await page.locator('#answer td[data-column="cell"] a').first().waitFor()
    for (const [what, selector, address] of STEPS) {
      await page.locator(selector).first().waitFor()
      await follow(page, selector)
      await page.waitForURL(address)
      await page.waitForLoadState('load')
      if (what !== 'the thing') assert.notEqual(await target(page), '', `${what} is marked`)
      await picture(page, `walk-${what.replace(' ', '-')}`)
    }
    // Back to the answer: the page of each step is where it was left.
    for (const address of [STEPS[1][2], STEPS[0][2], /\/query\?/]) {
      await page.goBack()
      await page.waitForURL(address)
    }
    await page.locator('#answer td[data-column="cell"] a').first().waitFor()
    assert.deepEqual(wrong, [])
    await close()
  })
}

test('the keyboard begins with a link to the content, and no page holds it', async () => {
  const { page, close } = await visit(browser, { own: service.url })
  for (const path of ['/', '/id/city/irbit', '/data/cities.csv/row/2', '/query']) {
    await page.goto(service.url + path)
    await page.keyboard.press('Tab')
    assert.equal(await page.evaluate(() => document.activeElement?.className), 'skip', path)
    await page.keyboard.press('Enter')
    await page.waitForURL(/#content$/)
    await page.waitForFunction(() => document.activeElement?.id === 'content')
    // The footer is the end of the page.
    await tabTo(page, 'footer a', 800)
  }
  await close()
})

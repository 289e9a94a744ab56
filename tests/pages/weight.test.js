/** What each kind of page weighs before images, with all that it loads by itself, and how soon it is painted. */

import assert from 'node:assert/strict'
import { test } from 'node:test'
import { KINDS, STATES } from './kinds.js'
import { browser, open, service, visit } from './start.js'

/** The most that a page may take, in bytes as they are sent. */
const MOST = 100_000

/**
 * What is no part of that: images, the outlines of countries that the map draws, which are one, and the answer that
 * somebody asked for.
 */
const BESIDES = /\.svg$|\/map-[^/]*\.js$|^\/(?:sparql$|queries\/)/

open()

/** @type {[string, string, string][]} */
const PAGES = [
  ...KINDS.map(([name, path]) => /** @type {[string, string, string]} */ ([name, path, 'footer'])),
  ...STATES.map(([name, path, selector]) => /** @type {[string, string, string]} */ ([`query page, ${name}`, path, selector])),
]

for (const [name, path, selector] of PAGES) {
  test(`the page of kind "${name}" is under 100 KB before images`, async (t) => {
    for (const locale of ['en', 'ru']) {
      // Nothing is kept from another page.
      const { page, close } = await visit(browser, { own: service.url, locale })
      /** @type {import('playwright-core').Request[]} */
      const requests = []
      page.on('requestfinished', (request) => requests.push(request))
      await page.goto(service.url + path)
      await page.locator(selector).first().waitFor()
      await page.waitForLoadState('networkidle')
      let bytes = 0
      for (const request of requests.filter((one) => !BESIDES.test(new URL(one.url()).pathname))) {
        bytes += (await request.sizes()).responseBodySize
      }
      const paint = await page.evaluate(() => performance.getEntriesByName('first-contentful-paint')[0]?.startTime)
      t.diagnostic(`${locale}: ${(bytes / 1000).toFixed(1)} KB, first painted after ${paint?.toFixed(0)} ms`)
      assert.ok(bytes > 1000, 'what it loads is counted')
      assert.ok(bytes < MOST, `${locale}: ${bytes} bytes`)
      await close()
    }
  })
}

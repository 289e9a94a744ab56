/**
 * Bundles the scripts. `node build.js OUT` writes them to a folder with names that contain their hashes, and beside
 * them `manifest.json`, which says what each entry is called.
 */

import { build } from 'esbuild'
import { mkdir, readFile, rm, writeFile } from 'node:fs/promises'
import { createHash } from 'node:crypto'
import { basename, join } from 'node:path'
import { gzipSync } from 'node:zlib'

const ENTRIES = ['src/search.js', 'src/query.js', 'src/site/worker.js']

const out = process.argv[2]
if (!out) throw new Error('usage: node build.js OUT')

await rm(out, { recursive: true, force: true })
await mkdir(out, { recursive: true })
const { metafile } = await build({
  entryPoints: ENTRIES,
  outdir: out,
  bundle: true,
  splitting: true,
  format: 'esm',
  minify: true,
  target: 'es2022',
  legalComments: 'linked',
  metafile: true,
  logLevel: 'warning',
  entryNames: '[name]-[hash]',
  chunkNames: '[name]-[hash]',
})

/** @type {Record<string, string>} */
const entries = {}
for (const [file, { entryPoint }] of Object.entries(metafile.outputs)) {
  if (entryPoint && ENTRIES.includes(entryPoint)) entries[basename(entryPoint, '.js')] = basename(file)
}

// SPARQL in the browser, for the static site alone. Packed, since not every host packs WebAssembly.
const engine = await readFile('node_modules/oxigraph/web_bg.wasm')
const name = `oxigraph-${createHash('sha256').update(engine).digest('hex').slice(0, 8)}.wasm.gz`
await writeFile(join(out, name), gzipSync(engine, { level: 9 }))
entries.oxigraph = name

await writeFile(join(out, 'manifest.json'), `${JSON.stringify(entries, null, 2)}\n`)

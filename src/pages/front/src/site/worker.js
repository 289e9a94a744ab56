/** The worker of the static site: loads the graph once, and answers queries. */

import init, { Store, defaultGraph } from 'oxigraph/web.js'

/** The last part of the name of the graph of what is inferred. */
const INFERRED = 'inferred'

/** @type {Promise<Store> | null} */
let loading = null

/**
 * A file that is packed by gzip.
 * @param {string} address
 */
async function unpacked(address) {
  const response = await fetch(address)
  if (!response.ok) throw new Error(`${address}: ${response.status}`)
  // Some hosts unpack what ends in `.gz`; the first two bytes say.
  const bytes = new Uint8Array(await response.arrayBuffer())
  const isPacked = bytes[0] === 0x1f && bytes[1] === 0x8b
  return isPacked ? new Response(new Blob([bytes]).stream().pipeThrough(new DecompressionStream('gzip'))) : new Response(bytes)
}

/**
 * @param {string} engine where the WebAssembly is
 * @param {string} data where the graph is: N-Quads
 */
async function load(engine, data) {
  const [module, graph] = await Promise.all([unpacked(engine), unpacked(data)])
  await init({ module_or_path: await module.arrayBuffer() })
  const store = new Store()
  store.load(await graph.text(), { format: 'application/n-quads', no_transaction: true })
  return store
}

/**
 * The facts, and the graph of what is inferred from them.
 * @param {Store} store
 */
function withInferred(store) {
  const found = /** @type {any[]} */ (store.query('SELECT DISTINCT ?g { GRAPH ?g { ?s ?p ?o } }')).map((row) => row.get('g'))
  return [defaultGraph(), ...found.filter((graph) => graph.value.endsWith(`/${INFERRED}`))]
}

self.addEventListener('message', async ({ data: { id, text, media, inferred, engine, data } }) => {
  try {
    loading ??= load(engine, data)
    const store = await loading
    /** @type {any} */
    const options = { results_format: media }
    if (inferred) options.default_graph = withInferred(store)
    self.postMessage({ id, answer: store.query(text, options) })
  } catch (error) {
    loading = loading && (await loading.catch(() => null)) ? loading : null
    self.postMessage({ id, error: error instanceof Error ? error.message : String(error) })
  }
})

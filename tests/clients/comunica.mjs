// Comunica, which finds out by itself that a URL is a SPARQL endpoint. Usage: node comunica.mjs URL
import assert from 'node:assert';
import { QueryEngine } from '@comunica/query-sparql';

const url = process.argv[2];
const engine = new QueryEngine();
const query = `PREFIX cg: <https://w3id.org/civigraph/ns#>
  PREFIX skos: <http://www.w3.org/2004/02/skos/core#>
  SELECT ?city ?label { ?city a cg:City ; skos:prefLabel ?label FILTER(LANG(?label) = "ru") }`;
for (const source of [{ type: 'sparql', value: `${url}/sparql` }, `${url}/sparql`]) {
  const bindings = await (await engine.queryBindings(query, { sources: [source] })).toArray();
  assert.equal(bindings.length, 7);
  assert(bindings.some(row => row.get('label').value === 'Ирбит'));
}
const sources = [{ type: 'sparql', value: `${url}/sparql` }];
assert(await engine.queryBoolean('ASK { ?s ?p ?o }', { sources }));
const quads = await engine.queryQuads('CONSTRUCT WHERE { ?s ?p ?o } LIMIT 5', { sources });
assert.equal((await quads.toArray()).length, 5);

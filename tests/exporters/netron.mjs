// Opens a model with Netron's own code and prints what it would draw: node --experimental-default-type=module netron.mjs HOME FILE
import { readFile } from 'node:fs/promises';

const [home, file] = process.argv.slice(2);
const base = await import(`${home}/base.js`);
const view = await import(`${home}/view.js`);
const host = {
    environment: () => null,
    require: async (id) => import(`${home}/${id.replace('./', '')}.js`),
    event: () => {},
    exception: (error) => { throw error; },
};
const context = {
    identifier: file,
    stream: new base.BinaryStream(new Uint8Array(await readFile(file))),
    asset: (name) => readFile(`${home}/${name}`, 'utf-8'),
    fetch: async () => { throw new Error('there is nothing beside it'); },
    require: host.require,
    error: (error) => { throw error; },
};
const model = await new view.ModelFactoryService(host).open(context);
const graph = (model.modules || model.graphs)[0];
const ends = (list) => list.map((end) => `${end.name} ${end.value[0].type}`);
const nodes = graph.nodes.map((node) => node.type.name);
console.log(JSON.stringify({ format: model.format, nodes, inputs: ends(graph.inputs), outputs: ends(graph.outputs) }));

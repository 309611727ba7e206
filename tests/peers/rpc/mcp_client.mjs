// The official MCP client drives a server of ours: node mcp_client.mjs SERVER. Prints a line for each thing tried.
import {Client} from '@modelcontextprotocol/sdk/client/index.js';
import {StdioClientTransport} from '@modelcontextprotocol/sdk/client/stdio.js';

const client = new Client({name: 'test', version: '1'});
const transport = new StdioClientTransport({command: process.argv[2], args: process.argv.slice(3)});
transport.onerror = error => console.log('error', error.message);
await client.connect(transport);
client.onerror = error => console.log('error', error.message);

const told = promise => promise.then(value => JSON.stringify(value), e => `${e.code} ${e.message}`);
console.log('server', JSON.stringify(client.getServerVersion()));
console.log('tools', (await client.listTools()).tools.map(tool => tool.name).join());
console.log('add', await told(client.callTool({name: 'add', arguments: {a: 20, b: 22}})));
console.log('unknown', await told(client.callTool({name: 'subtract', arguments: {}})));
console.log('misfit', await told(client.callTool({name: 'add', arguments: {a: 'one', b: 2}})));
console.log('ping', await told(client.ping()));
const before = Date.now(), pid = transport.pid;
await client.close(); // ends its input, and kills it only after 2 s
console.log('gone', Date.now() - before < 1900);

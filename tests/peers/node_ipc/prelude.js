// What every program of the tests begins with: node-ipc, quiet, in the test's folder. NODE_IPC names the other line of
// versions; `say` prints what happened, a line of JSON each.
'use strict';
const name = process.env.NODE_IPC || 'node-ipc';
const found = require(name);
globalThis.ipc = found.default || found;
ipc.config.silent = true;
ipc.config.retry = 50;
ipc.config.id = 'peer';
ipc.config.socketRoot = process.env.SOCKET_ROOT;
globalThis.say = (...what) => process.stdout.write(JSON.stringify(what) + '\n');
// The test's words to the program: a line each.
globalThis.told = (hear) => require('readline').createInterface({ input: process.stdin }).on('line', hear);

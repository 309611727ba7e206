// usage: ipc_random_parent.js CHILD json|advanced COUNT: does the child bring random values back as they are?
'use strict';
const { fork } = require('child_process');
const { deepStrictEqual } = require('assert');
const v8 = require('v8');
const { values } = require('./js_values.js');

const [program, serialization, count] = process.argv.slice(2);
const is_readable = (v) => { try { v8.deserialize(v8.serialize(v)); return true; } catch { return false; } }; // an Error in its own cause is not
const plain = (v) => JSON.parse(JSON.stringify([v], (key, each) => (typeof each === 'bigint' ? String(each) : each)));
const tree = (v) => { try { return plain(v); } catch { return ['a cycle']; } };
const child = fork('echo', [], { execPath: program, execArgv: [], serialization });
const waiting = [];
let equal = 0;
child.on('message', (m) => {
  deepStrictEqual(m, waiting.shift());
  if (++equal === Number(count)) { console.log(`${equal} equal`); child.disconnect(); }
});
for (const v of values(7, Number(count))) {
  const sent = [serialization === 'json' || !is_readable(v) ? tree(v) : v]; // in an array, for undefined cannot be sent
  waiting.push(sent);
  child.send(sent);
}

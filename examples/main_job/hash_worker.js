// A worker in Node: a line in for each file, a line out for each answer.
//     parlance work files --mode lines --text -- node hash_worker.js RESULTS
'use strict';
const {appendFileSync, readFileSync} = require('node:fs');
const {createHash} = require('node:crypto');
const {createInterface} = require('node:readline');

const results = process.argv[2];

function hash(file) {
  const bytes = readFileSync(file);
  let lines = 0;
  for (let at = bytes.indexOf(10); at !== -1; at = bytes.indexOf(10, at + 1)) lines++;
  return {file, sha256: createHash('sha256').update(bytes).digest('hex'), lines, by: 'node'};
}

createInterface({input: process.stdin}).on('line', (line) => {
  const {id, message} = JSON.parse(line);
  try {
    appendFileSync(results, JSON.stringify(hash(message)) + '\n');
    console.log(JSON.stringify({id, ok: true}));
  } catch (error) {
    console.log(JSON.stringify({id, ok: false, error: error.message}));
  }
});

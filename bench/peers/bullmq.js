// BullMQ: jobs through its own worker loop, in this process, a second. usage: node bullmq.js PORT COUNT
'use strict';
const {Queue, Worker} = require('bullmq');

const [port, count] = process.argv.slice(2).map(Number);
const connection = {host: '127.0.0.1', port};
const jobs = Array.from({length: 1000}, () => ({name: 'job', data: {body: 'x'.repeat(100)}, opts: {removeOnComplete: true}}));

async function main() {
  const queue = new Queue('bench', {connection});
  for (let sent = 0; sent < count; sent += jobs.length) await queue.addBulk(jobs.slice(0, count - sent));
  let done = 0;
  const begun = process.hrtime.bigint();
  await new Promise((all) => {
    new Worker('bench', async () => { if (++done === count) all(); }, {connection, concurrency: 50});
  });
  console.log(count / (Number(process.hrtime.bigint() - begun) / 1e9));
  process.exit(0);
}

main();

// bee-queue: jobs through its own worker loop, in this process, a second. usage: node bee_queue.js PORT COUNT
'use strict';
const Queue = require('bee-queue');

const [port, count] = process.argv.slice(2).map(Number);
const body = 'x'.repeat(100);

async function main() {
  const jobs = new Queue('bench', {redis: {port}, removeOnSuccess: true, activateDelayedJobs: false, storeJobs: false});
  await jobs.ready();
  let left = count;
  await Promise.all(Array.from({length: 50}, async () => {
    while (left-- > 0) await jobs.createJob({body}).save();
  }));
  let done = 0;
  const begun = process.hrtime.bigint();
  await new Promise((all) => jobs.process(50, async () => { if (++done === count) all(); }));
  console.log(count / (Number(process.hrtime.bigint() - begun) / 1e9));
  process.exit(0);
}

main();

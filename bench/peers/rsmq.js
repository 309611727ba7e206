// rsmq: microseconds to send, receive and delete one message, one at a time. usage: node rsmq.js PORT SECONDS
'use strict';
const RedisSMQ = require('rsmq');

const [port, seconds] = process.argv.slice(2).map(Number);
const qname = 'bench', message = 'x'.repeat(100);

async function main() {
  const queue = new RedisSMQ({port});
  await new Promise((ready) => queue.once('scriptload:receiveMessage', ready));
  await queue.deleteQueueAsync({qname}).catch(() => {}); // of the round before
  await queue.createQueueAsync({qname});
  const cycle = async () => {
    await queue.sendMessageAsync({qname, message});
    const {id} = await queue.receiveMessageAsync({qname});
    if (await queue.deleteMessageAsync({qname, id}) !== 1) throw new Error('a message was lost');
  };
  for (let warm = 0; warm < 300; ++warm) await cycle();
  let done = 0;
  const begun = performance.now();
  for (; performance.now() - begun < seconds * 1e3; ++done) await cycle();
  console.log((performance.now() - begun) * 1e3 / done);
  queue.quit();
}

main();

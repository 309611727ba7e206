// RabbitMQ: microseconds from publishing one persistent message to its confirm, one in flight, into a durable queue.
// usage: node rabbitmq.js PORT SECONDS
'use strict';
const amqp = require('amqplib');

const [port, seconds] = process.argv.slice(2).map(Number);
const queue = 'bench', body = Buffer.alloc(100, 'x');

async function main() {
  const connection = await amqp.connect(`amqp://guest:guest@127.0.0.1:${port}`, {noDelay: true});
  const channel = await connection.createConfirmChannel();
  await channel.deleteQueue(queue); // of the round before
  await channel.assertQueue(queue, {durable: true});
  const publish = () => new Promise((confirmed, failed) =>
    channel.sendToQueue(queue, body, {persistent: true}, (fault) => fault ? failed(fault) : confirmed()));
  for (let warm = 0; warm < 20; ++warm) await publish();
  let done = 0;
  const begun = performance.now();
  for (; performance.now() - begun < seconds * 1e3; ++done) await publish();
  console.log((performance.now() - begun) * 1e3 / done);
  await connection.close();
}

main();

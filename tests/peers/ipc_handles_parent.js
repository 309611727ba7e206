// usage: ipc_handles_parent.js CHILD json|advanced: passes the C++ child one handle of each kind.
'use strict';
const { fork } = require('child_process');
const net = require('net');
const dgram = require('dgram');
const { once } = require('events');

const [program, serialization] = process.argv.slice(2);
const child = fork('echo', [], { execPath: program, execArgv: [], serialization });
const text = (socket) => new Promise((done) => { let all = ''; socket.on('data', (d) => (all += d)).on('end', () => done(all)); });

async function main() {
  const server = net.createServer();
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address();
  const hand_on = async (m) => {
    const client = net.connect(port, '127.0.0.1');
    const [accepted] = await once(server, 'connection');
    child.send(m, accepted);
    return client;
  };
  process.stdout.write(`socket: ${await text(await hand_on('s'))}`);
  await once(child, 'message');

  const shared = net.createServer();
  shared.listen(0, '127.0.0.1');
  await once(shared, 'listening');
  child.send('server', shared);
  await once(child, 'message');
  const where = shared.address().port;
  shared.close(); // the child has its own
  process.stdout.write(`server: ${await text(net.connect(where, '127.0.0.1'))}`);

  const udp = dgram.createSocket('udp4');
  udp.bind(0, '127.0.0.1');
  await once(udp, 'listening');
  child.send('udp', udp);
  await once(child, 'message');
  const udp_port = udp.address().port;
  udp.close(); // the child has its own
  const asker = dgram.createSocket('udp4');
  asker.send('ping', udp_port, '127.0.0.1');
  const [answer] = await once(asker, 'message');
  console.log(`udp: ${answer}`);
  asker.close();

  const all = [];
  for (let i = 0; i < 80; i++) all.push(text(await hand_on(i)));
  if ((await Promise.all(all)).some((t) => t !== 'hello from C++\n')) throw new Error('a connection was lost');
  console.log(`${all.length} sockets`);

  server.close(() => { // asks the child, which must answer
    console.log('server closed');
    child.disconnect();
  });
  const [code] = await once(child, 'exit');
  console.log(`exit ${code}`);
}
main();

// node-ipc 9.2.1 at both ends, as tests/peers/node_ipc pins it. Prints one number:
// `one_way COUNT BYTES` messages a second, `round_trip COUNT` round trips a second, `large BYTES` seconds for one
// message. SOCKET_ROOT is a folder of the caller's.
'use strict';
const path = require('path');
const { fork } = require('child_process');
const ipc = require(path.join(__dirname, '../../tests/peers/node_ipc/node_modules/node-ipc'));
const [role, ...rest] = process.argv.slice(2);
ipc.config.silent = true;
ipc.config.retry = 5;
ipc.config.socketRoot = process.env.SOCKET_ROOT;
ipc.config.id = 'bench' + (process.env.BENCH_PARENT || process.pid);

/** The other end, in a process of its own: counts, or answers. */
function serve(count) {
  let left = count;
  ipc.serve(() => {
    ipc.server.on('message', () => { if (--left === 0) process.send('all'); });
    ipc.server.on('ask', (data, socket) => ipc.server.emit(socket, 'answer', data));
    process.send('ready');
  });
  process.on('disconnect', () => process.exit());
  ipc.server.start();
}

function measure() {
  const count = role === 'large' ? 1 : Number(rest[0]);
  const other = fork(__filename, ['serve', String(count)], { env: { ...process.env, BENCH_PARENT: process.pid } });
  const seconds = (begin) => Number(process.hrtime.bigint() - begin) / 1e9;
  const tell = (number) => { console.log(number); other.disconnect(); process.exitCode = 0; ipc.disconnect('world'); };
  other.once('message', () => ipc.connectTo('world', `${process.env.SOCKET_ROOT}app.${ipc.config.id}`, () => {
    const world = ipc.of.world;
    world.once('connect', () => {
      let begin = process.hrtime.bigint();
      if (role === 'round_trip') {
        let left = 2 * count;
        world.on('answer', () => {
          if (--left === count) begin = process.hrtime.bigint();
          if (left === 0) tell(count / seconds(begin));
          else world.emit('ask', { id: 1234, key: 'user:42' });
        });
        world.emit('ask', { id: 1234, key: 'user:42' });
        return;
      }
      const data = role === 'large' ? 'x'.repeat(Number(rest[0])) : { id: 1234, key: 'user:42' };
      other.once('message', () => tell(role === 'large' ? seconds(begin) : count / seconds(begin)));
      for (let i = 0; i < count; ++i) world.emit('message', data);
    });
  }));
}

role === 'serve' ? serve(Number(rest[0])) : measure();

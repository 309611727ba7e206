// Node's channel, Node at both ends. Prints one number.
//   ipc.js one_way json|advanced COUNT         messages a second, child to parent (the faster way)
//   ipc.js round_trip json|advanced COUNT      round trips a second, one at a time
//   ipc.js large string|buffer COUNT           MB a second of 1 MiB strings (json) or Buffers (advanced), parent to child
// Without arguments: a child that sends back what it gets.
'use strict';
const { fork } = require('child_process');
const [, , what, how, count] = process.argv;
const small = { id: 12345, op: 'get', key: 'user:42', flag: true };

if (what === undefined) {
  let got = 0, role = null;
  process.on('message', (m) => {
    if (role === null && m && m.role) { role = m; if (role.role === 'flood') flood(role.count); else process.send('ready'); return; }
    if (role && role.role === 'sink') { if (++got === role.count) process.send('done'); } else process.send(m);
  });
  const flood = (n) => {
    let sent = 0;
    const more = () => {
      while (sent < n) {
        sent++;
        if (!process.send(small)) { if (sent === n) return; sent++; process.send(small, more); return; }
      }
    };
    more();
  };
} else {
  const many = Number(count);
  const serialization = what === 'large' ? (how === 'buffer' ? 'advanced' : 'json') : how;
  const child = fork(__filename, [], { serialization });
  const now = () => Number(process.hrtime.bigint()) / 1e9;
  let got = 0, begin = 0;
  const end = (rate) => { console.log(rate); child.kill(); };
  if (what === 'one_way') {
    child.on('message', () => { if (got++ === 0) begin = now(); if (got === many) end(many / (now() - begin)); });
    child.send({ role: 'flood', count: many });
  } else if (what === 'round_trip') {
    child.on('message', () => {
      if (got++ === 0) begin = now();
      if (got > many) end(many / (now() - begin)); else child.send(small);
    });
    child.send({ role: 'echo' });
  } else {
    const large = how === 'buffer' ? Buffer.alloc(1 << 20, 120) : 'x'.repeat(1 << 20);
    let sent = 0;
    const fill = () => { while (sent < many) { sent++; if (!child.send(large)) { if (sent < many) { sent++; child.send(large, fill); } return; } } };
    child.on('message', (m) => { if (m === 'ready') { begin = now(); fill(); } else end(many * 1.048576 / (now() - begin)); });
    child.send({ role: 'sink', count: many });
  }
}

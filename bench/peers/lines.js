// Node's usual way with JSON lines over stdio. `lines.js send N` writes N messages, `lines.js receive N` parses N and ends.
'use strict';
const [, , mode, count] = process.argv;
const many = Number(count);
if (mode === 'send') {
  let sent = 0;
  const more = () => {
    while (sent < many) {
      const room = process.stdout.write(JSON.stringify({ type: 'message', data: { n: 10000 + (sent++ % 90000), t: 'hello you' } }) + '\n');
      if (!room) return process.stdout.once('drain', more);
    }
  };
  more();
} else {
  let held = '', got = 0;
  process.stdin.setEncoding('utf8');
  process.stdin.on('data', (chunk) => {
    const lines = (held + chunk).split('\n');
    held = lines.pop();
    for (const line of lines) if (JSON.parse(line).type === 'message') ++got;
    if (got >= many) process.exit(0);
  });
}

// Sends back each message of the framing that its argument names, and answers {"quit":true} by ending.
// Its own few lines of framing are written apart from parlance's, so that both are tested against each other.
'use strict';
const framing = process.argv[2];
const encode = {
  lines: (text) => text + '\n',
  concatenated: (text) => (/[\]}"]$/.test(text) ? text : text + ' '),
  'content-length': (text) => `Content-Length: ${Buffer.byteLength(text)}\r\n\r\n${text}`,
  'record-separator': (text) => `\x1e${text}\n`,
}[framing];

let held = Buffer.alloc(0);
const decode = {
  lines() {
    const end = held.indexOf(10);
    if (end < 0) return undefined;
    const text = held.toString('utf8', 0, end);
    held = held.subarray(end + 1);
    return text;
  },
  concatenated() { // objects only: enough for a test
    for (let at = 0, depth = 0, inside = false; at < held.length; ++at) {
      const c = held[at];
      if (inside) {
        if (c === 92) ++at;
        else if (c === 34) inside = false;
      } else if (c === 34) inside = true;
      else if (c === 123) ++depth;
      else if (c === 125 && --depth === 0) {
        const text = held.toString('utf8', 0, at + 1);
        held = held.subarray(at + 1);
        return text;
      }
    }
    return undefined;
  },
  'content-length'() {
    const head = held.indexOf('\r\n\r\n');
    if (head < 0) return undefined;
    const size = Number(/content-length: (\d+)/i.exec(held.toString('latin1', 0, head))[1]);
    if (held.length < head + 4 + size) return undefined;
    const text = held.toString('utf8', head + 4, head + 4 + size);
    held = held.subarray(head + 4 + size);
    return text;
  },
  'record-separator'() {
    const end = held.indexOf(10);
    if (end < 0) return undefined;
    const text = held.toString('utf8', 1, end);
    held = held.subarray(end + 1);
    return text;
  },
}[framing];

process.stdin.on('data', (chunk) => {
  held = Buffer.concat([held, chunk]);
  for (let text; (text = decode()) !== undefined;) {
    const message = JSON.parse(text);
    if (message.quit) process.exit(3);
    process.stdout.write(encode(JSON.stringify(message)));
  }
});

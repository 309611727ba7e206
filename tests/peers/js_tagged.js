// Tagged JSON as CLI.md has it, written by another hand than ours: what C++ writes must be the same text.
'use strict';
const { types } = require('util');

const views = ['Int8Array', 'Uint8Array', 'Uint8ClampedArray', 'Int16Array', 'Uint16Array', 'Int32Array', 'Uint32Array',
  'Float32Array', 'Float64Array', 'DataView', 'BigInt64Array', 'BigUint64Array'];

function tagged(root) {
  const seen = new Map();
  const text = (v) => JSON.stringify(v);
  const members = (v, names) => '{' + names.map((k) => `${text(k)}:${write(v[k])}`).join(',') + '}';

  function write(v) {
    switch (typeof v) {
      case 'undefined': return '{"$undefined":true}';
      case 'boolean': case 'string': return text(v);
      case 'bigint': return `{"$bigint":"${v}"}`;
      case 'number': return Object.is(v, -0) ? '{"$number":"-0"}' : Number.isFinite(v) ? text(v) : `{"$number":"${v}"}`;
    }
    if (v === null) return 'null';
    if (types.isRegExp(v)) return `{"$regexp":[${text(v.source)},${text(v.flags)}]}`;
    if (seen.has(v)) return `{"$ref":${seen.get(v)}}`;
    seen.set(v, seen.size);
    if (types.isDate(v)) return `{"$date":${text(v)}}`;
    if (types.isBoxedPrimitive(v)) return `{"$boxed":${write(v.valueOf())}}`;
    if (types.isMap(v)) return `{"$map":[${[...v].map(([k, x]) => `[${write(k)},${write(x)}]`).join(',')}]}`;
    if (types.isSet(v)) return `{"$set":[${[...v].map(write).join(',')}]}`;
    if (types.isNativeError(v)) return error(v);
    if (types.isAnyArrayBuffer(v) || ArrayBuffer.isView(v)) return bytes(v);
    if (Array.isArray(v)) return array(v);
    const names = Object.keys(v);
    const it = members(v, names);
    return names.length === 1 && names[0].startsWith('$') ? `{"$object":${it}}` : it;
  }

  function error(v) {
    const name = Object.getPrototypeOf(v).name;
    const has = (k) => Object.hasOwn(v, k);
    return `{"$error":{"name":${text(name)}` + (has('message') ? `,"message":${text(v.message)}` : '') +
      (typeof v.stack === 'string' ? `,"stack":${text(v.stack)}` : '') + (has('cause') ? `,"cause":${write(v.cause)}` : '') + '}}';
  }

  function bytes(v) {
    const name = Buffer.isBuffer(v) ? 'Buffer' : types.isArrayBuffer(v) ? 'ArrayBuffer' : views.find((n) => types.isDataView(v) ? n === 'DataView' : v.constructor.name === n);
    const data = types.isArrayBuffer(v) ? Buffer.from(v) : Buffer.from(v.buffer, v.byteOffset, v.byteLength);
    return `{"$bytes":["${name}","${data.toString('base64')}"${v.resizable ? `,${v.maxByteLength}` : ''}]}`;
  }

  function array(v) {
    const names = Object.keys(v);
    const is_index = (n) => String(n >>> 0) === n && n >>> 0 < v.length;
    const indexes = names.filter(is_index).length;
    if (indexes < names.length || v.length - indexes > 1000)
      return `{"$array":${members(v, names).slice(0, -1)}${names.length ? ',' : ''}"length":${v.length}}}`;
    return '[' + Array.from(v, (x, i) => (i in v ? write(x) : '{"$hole":true}')).join(',') + ']';
  }
  return write(root);
}

module.exports = { tagged };

// The real V8 at the other end of our reader and writer. Frames on standard input and output: four bytes of length,
// the first of them the highest, then V8's format as v8.serialize writes it.
//   js_values.js check                  pairs of a frame with an expression and one with its value: are they deep-equal?
//   js_values.js generate SEED COUNT    random values
//   js_values.js verify SEED COUNT      are these the same random values?
//   js_values.js repeat                 each value again, and its tagged JSON
//   js_values.js has_resizable          does this Node have ArrayBuffers that grow? (18 has not)
'use strict';
const fs = require('fs');
const v8 = require('v8');
const { deepStrictEqual } = require('assert');
const { inspect } = require('util');
const { tagged } = require('./js_tagged.js');

const has_resizable = 'resize' in ArrayBuffer.prototype;
const has_v_flag = 'unicodeSets' in RegExp.prototype;
const is_known = (expression) => (has_resizable || !expression.includes('maxByteLength')) && (has_v_flag || expression !== '/x/v');

function* frames() {
  const all = fs.readFileSync(0);
  for (let at = 0; at < all.length;) {
    const size = all.readUInt32BE(at);
    yield all.subarray(at + 4, at + 4 + size);
    at += 4 + size;
  }
}

function write(frame) {
  const head = Buffer.alloc(4);
  head.writeUInt32BE(frame.length);
  fs.writeSync(1, Buffer.concat([head, frame]));
}

// mulberry32
function randomizer(seed) {
  const next = () => {
    seed = (seed + 0x6d2b79f5) | 0;
    let t = Math.imul(seed ^ (seed >>> 15), 1 | seed);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return (t ^ (t >>> 14)) >>> 0;
  };
  return { below: (n) => next() % n, pick: (list) => list[next() % list.length] };
}

function* values(seed, count) {
  const { below, pick } = randomizer(seed);
  let pool, left;

  const numbers = [0, -0, 1, -1, 63, 64, -65, 2 ** 30, 2 ** 31 - 1, 2 ** 31, -(2 ** 31), 2 ** 32, 2 ** 53, 1.5, 1e21, 1e-7,
    5e-324, 1.7976931348623157e308, NaN, Infinity, -Infinity, 0.1, 123456789.125];
  const letters = ['a', 'B', '0', '"', '\\', '\n', '\u0000', 'é', 'ÿ', 'Ā', '€', '\ud83d\ude00', '\ud800', '\udc00', '\u2028'];
  const number = () => (below(3) ? pick(numbers) : below(2) ? below(2 ** 32) - 2 ** 31 : below(2 ** 32) / (1 + below(1000)));
  const string = () => (below(20) ? Array.from({ length: below(8) }, () => pick(letters)).join('') : pick(letters).repeat(below(300)));
  const bigint = () => {
    let n = 0n;
    for (let limbs = below(4); limbs > 0; limbs--) n = (n << 61n) + BigInt(below(2 ** 32));
    return below(2) ? n : -n;
  };
  const name = () => pick(['a', 'b', 'cmd', 'type', 'length', '', '0', '7', '12', '4294967294', '4294967295', '-1', '01', '1.5', '$date', '€', 'é', '\ud800', '__proto__']);
  const primitive = () => pick([() => undefined, () => null, () => true, () => false, number, number, string, string, bigint])();
  const view = () => {
    const buffer = Uint8Array.from({ length: 8 * below(5) }, () => below(256)).buffer;
    return pick([Int8Array, Uint8Array, Uint8ClampedArray, Int16Array, Uint16Array, Int32Array, Uint32Array, Float32Array,
      Float64Array, DataView, BigInt64Array, BigUint64Array].map((View) => () => new View(buffer))
      .concat([() => Buffer.from(buffer), () => buffer, () => new ArrayBuffer(below(9), { maxByteLength: 8 + below(9) })]))();
  };
  const kept = (it) => (pool.push(it), it);
  const some = (most, what) => { for (let n = below(most); n > 0; n--) what(); };
  const define = (it, key, x) => Object.defineProperty(it, key, { value: x, enumerable: true, configurable: true, writable: true });

  function object() {
    const it = kept({});
    some(6, () => define(it, name(), value()));
    return it;
  }
  function array() {
    const it = kept([]);
    some(6, () => it.push(value()));
    if (!below(4)) some(4, () => { it[below(60)] = value(); });
    if (!below(6)) it.length += below(5);
    if (!below(40)) it.length = 2 ** 32 - 1 - below(5);
    if (!below(8)) it.named = value();
    if (it.length && !below(8)) delete it[below(it.length)];
    return it;
  }
  function map() {
    const it = kept(new Map());
    some(5, () => it.set(value(), value()));
    return it;
  }
  function set() {
    const it = kept(new Set());
    some(5, () => it.add(value()));
    return it;
  }
  function error() {
    const Class = pick([Error, EvalError, RangeError, ReferenceError, SyntaxError, TypeError, URIError]);
    const it = below(3) ? new Class(string(), below(3) ? {} : { cause: value() }) : new Class();
    it.stack = below(4) ? string() : undefined;
    return kept(it); // only now: no V8 reads an error in its own cause
  }
  const regexp = () => new RegExp(pick(['a', 'é+', '€', '[0-9]{2}', '(?<n>x)\\k<n>']), pick(['', 'g', 'dgimsuy', has_v_flag ? 'v' : 's', 'iu']));
  const leaf = () => kept(pick([() => new Date((below(2 ** 32) - 2 ** 31) * 4e6 + below(1000)), () => Object(pick([true, false, number(), string(), bigint()])), regexp, view])());
  function value() {
    if (left-- <= 0) return primitive();
    if (pool.length && !below(8)) return pick(pool);
    return below(2) ? primitive() : pick([object, object, array, array, map, set, error, leaf, leaf])();
  }

  for (; count > 0; count--) {
    pool = [];
    left = 40;
    yield below(10) ? pick([object, array, map, set, error])() : value();
  }
}

function main([mode, seed, count]) {
  if (mode === 'generate') {
    for (const value of values(+seed, +count)) write(v8.serialize(value));
  } else if (mode === 'verify') {
    const got = frames();
    let n = 0;
    for (const value of values(+seed, +count)) {
      const read = v8.deserialize(got.next().value);
      deepStrictEqual(read, value, `value ${n}: ${inspect(read, { depth: 9 })}\nnot ${inspect(value, { depth: 9 })}`);
      deepStrictEqual(tagged(read), tagged(value), `value ${n}`); // the errors' parts and the order, too
      n++;
    }
    console.log(`${n} equal`);
  } else if (mode === 'check') {
    const got = frames();
    let n = 0;
    for (const expression of got) {
      const frame = got.next().value;
      if (is_known(`${expression}`)) deepStrictEqual(v8.deserialize(frame), eval(`(${expression})`), `${expression}`);
      n++;
    }
    console.log(`${n} equal`);
  } else if (mode === 'has_resizable') {
    console.log(has_resizable);
  } else if (mode === 'repeat') {
    for (const frame of frames()) {
      const value = v8.deserialize(frame);
      write(v8.serialize(value));
      write(Buffer.from(tagged(value)));
    }
  }
}

if (require.main === module) main(process.argv.slice(2));
module.exports = { values };

// Is it a regular expression? Asked by tests/js/pattern_test.cpp.
//
//   node js_patterns.js            on each line ["source","flags"]; prints this Node's major version, then a character
//                                  for each: 1 it is, 0 it is not, - this Node has no such flags
//   node js_patterns.js letters    the same of {"start":[[first,last],...],"part":...}, ranges of characters that the
//                                  name of a group may have: prints those that it may not
'use strict';
const input = require('fs').readFileSync(0, 'utf8');

function is_pattern(source, flags) {
  try {
    return new RegExp(source, flags) instanceof RegExp;
  } catch {
    return false;
  }
}

if (process.argv[2] === 'letters') {
  const { start, part } = JSON.parse(input);
  const all = (ranges) => ranges.flatMap(([first, last]) => Array.from({ length: last - first + 1 }, (_, i) => first + i));
  const refused = (before, ranges) => all(ranges).filter((c) => !is_pattern(`(?<${before}${String.fromCodePoint(c)}>)`, ''));
  console.log(JSON.stringify([...refused('', start), ...refused('a', part)]));
} else {
  const verdict = ([source, flags]) => (is_pattern('', flags) ? Number(is_pattern(source, flags)) : '-');
  console.log(process.versions.node.split('.')[0]);
  console.log(input.trimEnd().split('\n').map((line) => verdict(JSON.parse(line))).join(''));
}

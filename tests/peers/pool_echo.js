// Answers each line of JSON with {"heard": it}, until its input ends.
require('readline').createInterface({ input: process.stdin })
    .on('line', (line) => console.log(JSON.stringify({ heard: JSON.parse(line) })));

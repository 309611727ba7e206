// A child as they are: a banner and log lines on standard output, between its messages.
console.log('Server listening on stdio');
console.log('[info] started');
process.stdin.on('data', (chunk) => {
  for (const line of chunk.toString().split('\n').filter(Boolean)) {
    console.log('got ' + line.length + ' bytes');
    console.log(JSON.stringify({ echo: JSON.parse(line) }));
  }
});

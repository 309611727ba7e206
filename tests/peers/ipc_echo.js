// Sends back what it gets, with what it knows of itself; ends at a disconnect.
process.on('message', (m, handle) => {
  if (m === 'exit') process.exit(7);
  else if (m === 'disconnect') process.disconnect();
  else if (m === 'about')
    process.send({argv: process.argv.slice(2), execArgv: process.execArgv, fd: process.env.NODE_CHANNEL_FD === undefined, mode: process.env.NODE_CHANNEL_SERIALIZATION_MODE === undefined});
  else process.send(m);
});

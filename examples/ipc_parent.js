const { fork } = require('child_process');
const child = fork(process.argv[2], [], { execPath: process.argv[2], execArgv: [] });
child.send({ text: 'hello' });
child.on('message', (m) => { console.log(JSON.stringify(m)); child.disconnect(); });

const { fork } = require('node:child_process');
const net = require('node:net');

const [program, port] = process.argv.slice(2);
const workers = [1, 2].map((name) => fork(`worker ${name}`, [], { execPath: program, execArgv: [] }));
let turn = 0;
const server = net.createServer({ pauseOnConnect: true }, (socket) => workers[turn++ % 2].send('yours', socket));

server.listen(Number(port ?? 0), '127.0.0.1', () => console.log(`listens on ${server.address().port}`));
process.on('SIGTERM', () => server.close(() => { // when the last connection is closed, also those that C++ has
    console.log('all are closed');
    for (const worker of workers) worker.disconnect();
}));

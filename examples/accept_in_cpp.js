const server = require('node:http').createServer((request, response) => response.end(`worker ${process.pid}\n`));

process.on('message', (message, socket) => {
    if (socket) server.emit('connection', socket);
});

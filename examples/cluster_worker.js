const http = require('node:http');
const cluster = require('node:cluster');

http.createServer((request, response) => response.end(`worker ${cluster.worker.id} of ${process.ppid}\n`))
    .listen(Number(process.argv[2] ?? 8000), '127.0.0.1');

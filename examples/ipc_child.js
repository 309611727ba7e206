process.on('message', (m) => process.send({ heard: m, by: 'Node' }));

// Answers every message with itself over the IPC channel; does what a message tells it to.
'use strict';
process.on('message', ({id, attempt, message}) => {
  const say = (more) => process.send({id, ...more});
  switch (message.do ?? message) {
    case 'fail': return say({ok: false, error: 'as told', ...message.with});
    case 'fail once': return say(attempt === 1 ? {ok: false, error: 'as told', retry_after: 0} : {ok: true});
    case 'die': return process.kill(process.pid, 'SIGKILL');
    case 'die once': return attempt === 1 ? process.kill(process.pid, 'SIGKILL') : say({ok: true, result: attempt});
    case 'hang': return setTimeout(() => {}, 600_000);
    case 'leave': process.disconnect(); return setTimeout(() => {}, 600_000);
    case 'chatter': console.log('[info] on standard output'); process.send('no answer'); return say({ok: true});
    case 'wrong id': process.send({id: 'nobody', ok: true}); return say({ok: true});
    case 'handle':
      return require('node:net').createServer().listen(0, '127.0.0.1', function () {
        process.send({id, ok: true}, this, () => this.close());
      });
    default: console.error('did ' + JSON.stringify(message)); return say({ok: true, result: message});
  }
});

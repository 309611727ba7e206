// Answers every message with itself; does what a message tells it to.
'use strict';
require('node:readline').createInterface({input: process.stdin}).on('line', (line) => {
  const {id, attempt, message} = JSON.parse(line);
  const say = (more) => console.log(JSON.stringify({id, ...more}));
  switch (message.do ?? message) {
    case 'fail': return say({ok: false, error: 'as told', ...message.with});
    case 'fail once': return say(attempt === 1 ? {ok: false, error: 'as told', retry_after: 0} : {ok: true});
    case 'die': return process.kill(process.pid, 'SIGKILL');
    case 'die once': return attempt === 1 ? process.kill(process.pid, 'SIGKILL') : say({ok: true, result: attempt});
    case 'hang': return setTimeout(() => {}, 600_000);
    case 'chatter': console.log('[info] not a message'); console.log('{"id":'); return say({ok: true});
    case 'wrong id': console.log(JSON.stringify({id: 'nobody', ok: true})); return say({ok: true});
    default: console.error('did ' + JSON.stringify(message)); return say({ok: true, result: message});
  }
});

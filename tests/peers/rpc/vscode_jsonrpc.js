// vscode-jsonrpc drives a server of ours: node vscode_jsonrpc.js stdio|ipc SERVER. Prints a line for each thing tried.
const {spawn, fork} = require('child_process');
const rpc = require('vscode-jsonrpc/node');
const [way, server] = process.argv.slice(2);

const child = way === 'ipc' ? fork(server, [], {execPath: server, execArgv: [], silent: true}) : spawn(server);
child.stderr.on('data', text => console.log('stderr', String(text).trim()));
const talk = way === 'ipc'
    ? rpc.createMessageConnection(new rpc.IPCMessageReader(child), new rpc.IPCMessageWriter(child))
    : rpc.createMessageConnection(new rpc.StreamMessageReader(child.stdout), new rpc.StreamMessageWriter(child.stdin));
talk.onError(([error]) => console.log('error', error.message));
talk.onRequest('client/answer', question => ({to: question}));
talk.listen();

const told = promise => promise.then(value => JSON.stringify(value), e => `${e.code} ${e.message} ${JSON.stringify(e.data)}`);
(async () => {
    console.log('add', await told(talk.sendRequest('add', 20, 22)));
    console.log('fail', await told(talk.sendRequest('fail')));
    console.log('nothing', await told(talk.sendRequest('nothing', {})));
    console.log('misfit', await told(talk.sendRequest('add', 1, 'two')));
    console.log('ask', await told(talk.sendRequest('ask', {n: 1})));

    const type = new rpc.ProgressType(), cancel = new rpc.CancellationTokenSource();
    talk.onProgress(type, 'T', value => { console.log('progress', value.kind); cancel.cancel(); });
    console.log('count', await told(talk.sendRequest('count', {token: 'T'}, cancel.token)));

    console.log('shutdown', await told(talk.sendRequest('shutdown')));
    child.on('exit', (code, signal) => console.log('exit', code, signal));
    await talk.sendNotification('exit');
})();

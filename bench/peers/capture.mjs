// Node's usual way to have the whole output of a program: node capture.mjs PROGRAM BYTES
// Prints how long it took, in microseconds.
import { spawn } from 'node:child_process';

const [program, bytes] = process.argv.slice(2);
const begin = process.hrtime.bigint();
const child = spawn(program, [bytes], { stdio: ['ignore', 'pipe', 'inherit'] });
const chunks = [];
child.stdout.on('data', (chunk) => chunks.push(chunk));
child.on('close', () => {
    const all = Buffer.concat(chunks);
    const took = process.hrtime.bigint() - begin;
    if (all.length !== Number(bytes)) process.exit(1);
    console.log(Number(took) / 1000);
});

// Node's child_process beside bench-spawn: node spawn.mjs PROGRAM COUNT RESIDENT_MIB
// Prints for each start two numbers in nanoseconds: the call, and from the call to the exit.
import { spawn } from 'node:child_process';

const [program, count, residentMiB] = process.argv.slice(2);
const resident = Buffer.alloc(Number(residentMiB) * 1024 * 1024, 1); // touched, so that it is really there

const once = () => new Promise((resolve, reject) => {
    const begin = process.hrtime.bigint();
    const child = spawn(program, [], { stdio: 'pipe' });
    const call = process.hrtime.bigint() - begin;
    child.on('error', reject);
    child.on('exit', () => resolve([call, process.hrtime.bigint() - begin]));
});

for (let warm = 0; warm < 3; ++warm) await once();
for (let i = 0; i < Number(count); ++i) console.log((await once()).join(' '));
if (resident.length < 0) console.log(resident[0]); // keeps it alive

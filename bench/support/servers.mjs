import { fork } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { ended, freePort } from './cluster.mjs';

const here = path => fileURLToPath(new URL(path, import.meta.url));

/** The path of a file of the bench, from the bench's folder. */
export const benchFile = path => here(`../${path}`);

/** The path of a compiled file of the product. */
export const productFile = path => here(`../../dist/${path}`);

/** A compiled module of the product. */
export const product = path => import(new URL(`../../dist/src/${path}`, import.meta.url).href);

/** The flags with which `npm run serve` starts the product; every server of a bench has them, so that none is favoured. */
const FLAGS = JSON.parse(readFileSync(here('../../package.json'), 'utf8')).scripts.serve.match(/--\S+/g) ?? [];

/** Starts a server on a free port as a child and waits until it answers. `stops` gets what ends it. */
export async function startServer({ name, file, environment, stops, stderr = 'inherit' }) {
  const port = await freePort();
  const child = fork(file, { execArgv: FLAGS, env: { ...process.env, ...environment, PORT: String(port), NODE_ENV: 'production' }, stdio: ['ignore', 'ignore', stderr, 'ipc'] });
  stops.push(() => ended(child));
  await untilListening(port, child, name);
  return { name, pid: child.pid, port };
}

const pause = milliseconds => new Promise(resolve => setTimeout(resolve, milliseconds));

async function untilListening(port, child, name) {
  for (let tries = 0; tries < 300; tries += 1) {
    if (child.exitCode !== null) throw new Error(`${name} ended with ${child.exitCode} before it listened`);
    const answers = await fetch(`http://127.0.0.1:${port}/graphql`, { method: 'POST', headers: { 'content-type': 'application/json' }, body: '{}' }).then(() => true, () => false);
    if (answers) return;
    await pause(100);
  }
  throw new Error(`${name} does not listen on ${port} after 30 s`);
}

/** Ends, newest first, what was started. */
export async function stopAll(stops) {
  for (const stop of stops.splice(0).toReversed()) await stop();
}

/** Asks a child and waits for its answer; the child's end is an error. */
export function ask(child, message) {
  return new Promise((resolve, reject) => {
    const told = answer => settle(() => (answer?.error ? reject(new Error(answer.error)) : resolve(answer)));
    const gone = code => settle(() => reject(new Error(`${child.spawnfile} ended with ${code} before it answered`)));
    const settle = act => {
      child.off('message', told);
      child.off('exit', gone);
      act();
    };
    child.on('message', told);
    child.on('exit', gone);
    child.send(message);
  });
}

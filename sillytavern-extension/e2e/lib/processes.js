/** Child processes of the test: started, waited for, stopped. */

import { spawn } from 'node:child_process';
import fs from 'node:fs';
import net from 'node:net';

// A test that is broken off leaves nothing running.
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) {
  process.once(signal, () => process.exit(1));
}

/** @returns {Promise<number>} a port that nobody listens on */
export function freePort() {
  return new Promise((resolve, reject) => {
    const server = net.createServer();
    server.once('error', reject);
    server.listen(0, '127.0.0.1', () => {
      const { port } = /** @type {net.AddressInfo} */ (server.address());
      server.close(() => resolve(port));
    });
  });
}

/**
 * @param {object} options
 * @param {string} options.command
 * @param {string[]} options.arguments
 * @param {string} options.log file for what it writes
 * @param {string} options.readyUrl answers 200 when it is up
 * @param {number} options.timeoutMs
 * @param {string} [options.directory]
 * @param {Record<string, string>} [options.environment]
 */
export async function startProcess({
  command, arguments: args, log, readyUrl, timeoutMs, directory, environment = {},
}) {
  const output = fs.openSync(log, 'a');
  const child = spawn(command, args, {
    cwd: directory,
    env: { ...process.env, ...environment },
    stdio: ['ignore', output, output],
  });
  fs.closeSync(output);
  const kill = () => child.kill('SIGKILL');
  process.once('exit', kill);
  /** @type {Promise<void>} */
  const ended = new Promise((resolve) => {
    child.once('exit', () => {
      process.off('exit', kill);
      resolve();
    });
    child.once('error', () => resolve());
  });

  const deadline = Date.now() + timeoutMs;
  while (!(await answers(readyUrl))) {
    if (child.exitCode !== null || child.pid === undefined || Date.now() > deadline) {
      child.kill('SIGKILL');
      const tail = fs.readFileSync(log, 'utf8').slice(-3000);
      throw new Error(`${command} did not come up at ${readyUrl} (exit code ${child.exitCode}):\n${tail}`);
    }
    await new Promise((resolve) => setTimeout(resolve, 200));
  }

  return {
    /** It lives, and does nothing any more until {@link goOn}. */
    hang() {
      child.kill('SIGSTOP');
    },
    goOn() {
      child.kill('SIGCONT');
    },
    async stop() {
      if (child.exitCode === null) {
        child.kill('SIGTERM');
        const timer = setTimeout(() => child.kill('SIGKILL'), 30_000);
        await ended;
        clearTimeout(timer);
      }
    },
  };
}

/** @typedef {Awaited<ReturnType<typeof startProcess>>} Process */

/** @param {string} url */
async function answers(url) {
  try {
    return (await fetch(url, { signal: AbortSignal.timeout(2000) })).ok;
  } catch {
    return false;
  }
}

/** Everything that a browser test needs, started and stopped together. */

import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { launch } from './browser.js';
import { startModel } from './model.js';
import { startPipeline } from './pipeline.js';
import { freePort } from './processes.js';
import { connectApi, copyProgram, installHook, startSillyTavern } from './sillytavern.js';

/** Screenshots, and the logs. */
export const OUT = process.env.E2E_OUT ?? fileURLToPath(new URL('../out/', import.meta.url));

export async function startWorld() {
  /** What was started, to be stopped in reverse. @type {(() => unknown)[]} */
  const running = [];
  async function stop() {
    for (const stopOne of running.reverse()) {
      await stopOne();
    }
  }
  try {
    return { ...(await start(running)), stop };
  } catch (error) {
    await stop();
    throw error;
  }
}

/** @param {(() => unknown)[]} running */
async function start(running) {
  fs.mkdirSync(OUT, { recursive: true });
  const directory = fs.mkdtempSync(path.join(os.tmpdir(), 'tavern-mem0-e2e-'));
  const log = path.join(directory, 'sillytavern.log');
  running.push(() => {
    for (const name of ['sillytavern.log', 'pipeline.log']) {
      if (fs.existsSync(path.join(directory, name))) {
        fs.copyFileSync(path.join(directory, name), path.join(OUT, name));
      }
    }
    fs.rmSync(directory, { recursive: true, force: true });
  });
  const dataRoot = process.env.E2E_DATA_ROOT ?? path.join(directory, 'data');
  fs.mkdirSync(path.join(dataRoot, 'default-user', 'chats'), { recursive: true });

  const port = await freePort();
  const url = `http://127.0.0.1:${port}`;
  const model = await startModel();
  running.push(() => model.stop());
  const pipeline = await startPipeline({ dataRoot, directory, page: url, modelUrl: model.url });
  running.push(() => pipeline.stop?.());

  const app = copyProgram(directory);
  installHook(app, pipeline.command);
  const tavern = await startSillyTavern({ app, dataRoot, port, log, retrieverUrl: pipeline.url });
  running.push(() => tavern.stop());
  const api = await connectApi(url);
  await api.seedSettings(model.url);
  const browser = await launch();
  running.push(() => browser.close());
  console.log(`SillyTavern at ${url}; memories come from ${pipeline.kind}`);
  return { url, api, model, pipeline, browser };
}

/** @typedef {Awaited<ReturnType<typeof startWorld>>} World */

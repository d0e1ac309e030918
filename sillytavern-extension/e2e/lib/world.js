/** Everything that a browser test needs, started and stopped together. */

import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { launch } from './browser.js';
import { startModel } from './model.js';
import { startPipeline } from './pipeline.js';
import { freePort } from './processes.js';
import { connectApi, copyHook, copyProgram, startSillyTavern } from './sillytavern.js';

/** Screenshots, and the logs of a failed run. */
export const OUT = process.env.E2E_OUT ?? fileURLToPath(new URL('../out/', import.meta.url));

export async function startWorld() {
  const directory = fs.mkdtempSync(path.join(os.tmpdir(), 'tavern-mem0-e2e-'));
  const dataRoot = process.env.E2E_DATA_ROOT ?? path.join(directory, 'data');
  fs.mkdirSync(path.join(dataRoot, 'default-user', 'chats'), { recursive: true });
  fs.mkdirSync(OUT, { recursive: true });

  const app = copyProgram(directory);
  copyHook(app);
  const port = await freePort();
  const page = `http://127.0.0.1:${port}`;
  const model = await startModel();
  const pipeline = await startPipeline({ dataRoot, directory, page, modelUrl: model.url });
  const log = path.join(directory, 'sillytavern.log');
  const tavern = await startSillyTavern({ app, dataRoot, port, log, retrieverUrl: pipeline.url });
  const api = await connectApi(tavern.url);
  await api.seedSettings(model.url);
  const browser = await launch();
  console.log(`SillyTavern at ${tavern.url}; memories come from ${pipeline.kind}`);

  return {
    url: tavern.url,
    api,
    model,
    pipeline,
    browser,

    async stop() {
      await browser.close();
      await tavern.stop();
      await pipeline.stop?.();
      await model.stop();
      for (const name of ['sillytavern.log', 'pipeline.log']) {
        if (fs.existsSync(path.join(directory, name))) {
          fs.copyFileSync(path.join(directory, name), path.join(OUT, name));
        }
      }
      fs.rmSync(directory, { recursive: true, force: true });
    },
  };
}

/** @typedef {Awaited<ReturnType<typeof startWorld>>} World */

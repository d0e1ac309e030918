/** A real SillyTavern for the test: an own copy of the program, a fresh data root, seeded settings. */

import { spawnSync } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { startProcess } from './processes.js';

export const VERSION = process.env.SILLYTAVERN_VERSION ?? '1.19.0';

const EXTENSION_ROOT = fileURLToPath(new URL('../../', import.meta.url));

/** Where `e2e/setup` installs SillyTavern; shared by all checkouts. */
export function installDirectory() {
  const cache = process.env.XDG_CACHE_HOME ?? path.join(os.homedir(), '.cache');
  return process.env.SILLYTAVERN_INSTALL ?? path.join(cache, 'tavern-mem0', `sillytavern-${VERSION}`);
}

export function isInstalled() {
  return fs.existsSync(path.join(installDirectory(), 'node_modules', 'sillytavern', 'server.js'));
}

/**
 * A copy of the program that the hook can be installed into. Files are hard links where possible; the
 * two directories that the hook is put into are new.
 *
 * @param {string} directory
 */
export function copyProgram(directory) {
  const modules = path.join(installDirectory(), 'node_modules');
  const app = path.join(directory, 'sillytavern');
  copyTree(path.join(modules, 'sillytavern'), app);
  // Its dependencies must lie below it: it refuses to read files elsewhere.
  const nested = path.join(app, 'node_modules');
  fs.mkdirSync(nested, { recursive: true });
  for (const name of fs.readdirSync(modules)) {
    if (name !== 'sillytavern' && !fs.existsSync(path.join(nested, name))) {
      copyTree(path.join(modules, name), path.join(nested, name));
    }
  }
  return app;
}

/**
 * @param {string} source
 * @param {string} target
 */
function copyTree(source, target) {
  if (spawnSync('cp', ['-al', source, target], { stdio: 'ignore' }).status !== 0) {
    fs.rmSync(target, { recursive: true, force: true });
    fs.cpSync(source, target, { recursive: true, verbatimSymlinks: true });
  }
}

/**
 * Installs extension and plugin: with `tavern-mem0 install-hook` where there is one, or by hand.
 *
 * @param {string} app
 * @param {string[]|null} tavernMem0 the program and its arguments
 */
export function installHook(app, tavernMem0) {
  const extension = path.join(app, 'public', 'scripts', 'extensions', 'third-party', 'tavern-mem0');
  const plugin = path.join(app, 'plugins', 'tavern-mem0');
  const [program, ...options] = tavernMem0 ?? [];
  const help = program ? spawnSync(program, [...options, '--help'], { encoding: 'utf8' }).stdout : '';
  if (help.includes('install-hook')) {
    const done = spawnSync(program, [...options, 'install-hook', '--sillytavern-app', app], { encoding: 'utf8' });
    if (done.status !== 0) {
      throw new Error(`install-hook failed: ${done.stdout}${done.stderr}`);
    }
    console.log(`hook installed by tavern-mem0:\n${done.stdout.trim()}`);
    requireSame(path.join(EXTENSION_ROOT, 'extension'), extension);
    requireSame(path.join(EXTENSION_ROOT, 'plugin'), plugin);
    return;
  }
  fs.cpSync(path.join(EXTENSION_ROOT, 'extension'), extension, { recursive: true });
  fs.cpSync(path.join(EXTENSION_ROOT, 'plugin'), plugin, { recursive: true });
}

/**
 * What is tested must be what is in this checkout.
 *
 * @param {string} source
 * @param {string} installed
 */
function requireSame(source, installed) {
  for (const name of fs.readdirSync(source, { recursive: true, encoding: 'utf8' })) {
    const [file, copy] = [path.join(source, name), path.join(installed, name)];
    const isSame = () => fs.existsSync(copy) && fs.readFileSync(copy, 'utf8') === fs.readFileSync(file, 'utf8');
    if (fs.statSync(file).isFile() && !isSame()) {
      throw new Error(`the pipeline was built before ${file} was changed; build it again`);
    }
  }
}

/**
 * @param {object} options
 * @param {string} options.app from {@link copyProgram}
 * @param {string} options.dataRoot
 * @param {number} options.port
 * @param {string} options.log
 * @param {string} options.retrieverUrl for the plugin
 */
export async function startSillyTavern({ app, dataRoot, port, log, retrieverUrl }) {
  const url = `http://127.0.0.1:${port}`;
  const child = await startProcess({
    command: process.execPath,
    arguments: [
      'server.js', '--port', String(port), '--dataRoot', dataRoot, '--listen', 'false',
      '--browserLaunchEnabled', 'false',
    ],
    directory: app,
    environment: {
      SILLYTAVERN_ENABLESERVERPLUGINS: 'true',
      SILLYTAVERN_ENABLESERVERPLUGINSAUTOUPDATE: 'false',
      TAVERN_MEM0_RETRIEVER_URL: retrieverUrl,
    },
    log,
    readyUrl: `${url}/csrf-token`,
    timeoutMs: 120_000,
  });
  return child;
}

/**
 * SillyTavern's own API, as its client uses it.
 *
 * @param {string} url
 */
export async function connectApi(url) {
  const response = await fetch(`${url}/csrf-token`);
  const { token } = await response.json();
  const headers = {
    'Content-Type': 'application/json',
    'X-CSRF-Token': token,
    Cookie: response.headers.getSetCookie().map((cookie) => cookie.split(';')[0]).join('; '),
  };

  /**
   * @param {string} endpoint
   * @param {object} body
   */
  async function post(endpoint, body) {
    const answer = await fetch(`${url}${endpoint}`, { method: 'POST', headers, body: JSON.stringify(body) });
    if (!answer.ok) {
      throw new Error(`${endpoint}: ${answer.status} ${await answer.text()}`);
    }
    const text = await answer.text();
    return text.startsWith('{') || text.startsWith('[') ? JSON.parse(text) : text;
  }

  return {
    post,

    /**
     * @param {string} modelUrl
     * @param {object} [changes] further settings of SillyTavern
     */
    async seedSettings(modelUrl, changes = {}) {
      const settings = JSON.parse((await post('/api/settings/get', {})).settings);
      Object.assign(settings, { firstRun: false, username: 'Robin', main_api: 'openai' }, changes);
      settings.power_user = { ...settings.power_user, auto_connect: true };
      settings.oai_settings = {
        ...settings.oai_settings,
        chat_completion_source: 'custom',
        custom_url: `${modelUrl}/v1`,
        custom_model: 'stub-model',
        stream_openai: true,
        function_calling: true,
      };
      settings.textgenerationwebui_settings = {
        ...settings.textgenerationwebui_settings,
        type: 'generic',
        server_urls: { generic: modelUrl },
        streaming: false,
      };
      await post('/api/settings/save', settings);
    },

    /**
     * @param {string} name
     * @param {string} greeting
     */
    createCharacter(name, greeting) {
      return post('/api/characters/create', {
        ch_name: name, first_mes: greeting, description: `${name} keeps a small shop.`, alternate_greetings: [],
      });
    },
  };
}

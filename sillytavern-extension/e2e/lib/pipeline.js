/**
 * What answers the extension: the real pipeline, unless a stand-in is asked for.
 *
 * RETRIEVER_URL       a retriever that runs already and watches E2E_DATA_ROOT
 * PIPELINE_COMMAND    how to start one; the arguments of `tavern-mem0 run` are appended. Default: the jar
 *                     of this checkout
 * E2E_STAND_IN=1      a stand-in, to develop the extension without the pipeline
 */

import fs from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { startStandIn } from '../../test/stand-in.js';
import { freePort, startProcess } from './processes.js';

const JAR = fileURLToPath(new URL('../../../cli/target/tavern-mem0.jar', import.meta.url));

/**
 * @typedef {object} Pipeline
 * @property {string} kind
 * @property {string[]|null} command the program `tavern-mem0`
 * @property {string} url of the retriever
 * @property {Record<string, string>} services addresses by name; empty where they are not ours
 * @property {boolean} rewrites whether it asks the model to rewrite questions
 * @property {(() => Promise<void>)|null} stop null where it is not ours to stop
 * @property {() => Promise<void>} start again, at the same address
 * @property {(() => void)|null} hang null where it is not ours to stop
 * @property {(() => void)|null} goOn after `hang`
 */

/** Whether the pipeline can be started, or need not be. */
export function isBuilt() {
  const { RETRIEVER_URL, PIPELINE_COMMAND, E2E_STAND_IN } = process.env;
  return Boolean(RETRIEVER_URL || PIPELINE_COMMAND || E2E_STAND_IN || fs.existsSync(JAR));
}

/**
 * @param {object} places
 * @param {string} places.dataRoot of SillyTavern
 * @param {string} places.directory for the pipeline's data and log
 * @param {string} places.page origin of SillyTavern's page, which may call the retriever directly
 * @param {string} places.modelUrl the language model that rewrites questions
 * @returns {Promise<Pipeline>}
 */
export async function startPipeline({ dataRoot, directory, page, modelUrl }) {
  const { RETRIEVER_URL: url, PIPELINE_COMMAND: command, E2E_STAND_IN: standIn } = process.env;
  if (url) {
    return {
      kind: `the retriever at ${url}`, command: null, url, services: {}, rewrites: false,
      stop: null, start: async () => {}, hang: null, goOn: null,
    };
  }
  const port = await freePort();
  if (!standIn) {
    return startReal(command?.split(' ') ?? ['java', '-Xmx768m', '-jar', JAR], { dataRoot, directory, page, modelUrl, port });
  }
  let server = await startStandIn({ dataRoot, port });
  return {
    kind: 'a STAND-IN for the retriever (E2E_STAND_IN)',
    command: null,
    url: server.url,
    services: {},
    rewrites: false,
    stop: () => server.stop(),
    start: async () => {
      server = await startStandIn({ dataRoot, port });
    },
    hang: () => {
      server.behaviour.delayMs = 60_000;
    },
    goOn: () => {
      server.behaviour.delayMs = 0;
    },
  };
}

/**
 * @param {string[]} command
 * @param {{dataRoot: string, directory: string, page: string, modelUrl: string, port: number}} places
 * @returns {Promise<Pipeline>}
 */
async function startReal([program, ...options], { dataRoot, directory, page, modelUrl, port }) {
  const url = `http://127.0.0.1:${port}`;
  /** @type {Record<string, number>} */
  const ports = { retriever: port };
  for (const name of ['writer', 'watcher', 'memory', 'kafka']) {
    ports[name] = await freePort();
  }
  const runArguments = [
    'run', '--sillytavern', dataRoot, '--data-dir', path.join(directory, 'pipeline'),
    ...Object.entries(ports).flatMap(([name, number]) => [`--${name}-port`, number]),
  ];
  const start = () => startProcess({
    command: program,
    arguments: [...options, ...runArguments.map(String)],
    environment: {
      TAVERN_ACCESS_ORIGINS: page,
      MEM0_QUERYENHANCEMENT_REWRITEBASEURL: `${modelUrl}/v1`,
    },
    log: path.join(directory, 'pipeline.log'),
    readyUrl: `${url}/actuator/health`,
    timeoutMs: 300_000,
  });
  let running = await start();
  return {
    kind: [program, ...options].join(' '),
    command: [program, ...options],
    url,
    services: Object.fromEntries(
      Object.entries(ports).map(([name, number]) => [name, `http://127.0.0.1:${number}`]),
    ),
    rewrites: true,
    stop: () => running.stop(),
    start: async () => {
      running = await start();
    },
    hang: () => running.hang(),
    goOn: () => running.goOn(),
  };
}

/**
 * The plugin's configuration: environment variables, then `config.json` beside this file, then
 * defaults. It lives on the server only; the browser never sees it.
 */

import fs from 'node:fs';

/**
 * @typedef {object} Config
 * @property {URL} retrieverUrl address of retriever-service
 * @property {string|null} apiKey sent as X-API-Key
 * @property {number} timeoutMs longest wait for the retriever, milliseconds
 * @property {number} maxRequestBytes largest request taken from a browser
 * @property {number} maxResponseBytes largest answer taken from the retriever
 * @property {number} maxConcurrentRequests most requests of one user that wait for the retriever at a time
 */

/** Setting in config.json → environment variable. */
const VARIABLES = {
  retrieverUrl: 'TAVERN_MEM0_RETRIEVER_URL',
  apiKey: 'TAVERN_MEM0_RETRIEVER_API_KEY',
  timeoutMs: 'TAVERN_MEM0_TIMEOUT_MS',
  maxRequestBytes: 'TAVERN_MEM0_MAX_REQUEST_BYTES',
  maxResponseBytes: 'TAVERN_MEM0_MAX_RESPONSE_BYTES',
  maxConcurrentRequests: 'TAVERN_MEM0_MAX_CONCURRENT_REQUESTS',
};

const DEFAULTS = {
  retrieverUrl: 'http://localhost:8002',
  apiKey: '',
  timeoutMs: 60_000,
  maxRequestBytes: 2_097_152,
  maxResponseBytes: 4_194_304,
  maxConcurrentRequests: 8,
};

/**
 * @param {Record<string, string|undefined>} environment
 * @param {URL} file config.json; may be missing
 * @returns {Config}
 * @throws {Error} that names the wrong setting, its value and what to write instead
 */
export function loadConfig(environment, file) {
  const stored = readJson(file);
  const unknown = Object.keys(stored).filter((name) => !(name in DEFAULTS));
  if (unknown.length > 0) {
    throw new Error(
      `tavern-mem0: config.json has unknown settings: ${unknown.join(', ')}. Known: ${Object.keys(DEFAULTS).join(', ')}`,
    );
  }

  /** @param {keyof typeof DEFAULTS} name */
  const value = (name) => environment[VARIABLES[name]] || stored[name] || DEFAULTS[name];

  /** @param {'timeoutMs'|'maxRequestBytes'|'maxResponseBytes'|'maxConcurrentRequests'} name */
  const positive = (name) => {
    const number = Number(value(name));
    if (!Number.isInteger(number) || number <= 0) {
      throw new Error(
        `tavern-mem0: ${VARIABLES[name]} (${name} in config.json) is "${value(name)}", it must be a positive whole number`,
      );
    }
    return number;
  };

  return {
    retrieverUrl: httpUrl(String(value('retrieverUrl'))),
    apiKey: String(value('apiKey')) || null,
    timeoutMs: positive('timeoutMs'),
    maxRequestBytes: positive('maxRequestBytes'),
    maxResponseBytes: positive('maxResponseBytes'),
    maxConcurrentRequests: positive('maxConcurrentRequests'),
  };
}

/** @param {string} text */
function httpUrl(text) {
  const url = URL.canParse(text) ? new URL(text) : null;
  if (!url || !['http:', 'https:'].includes(url.protocol)) {
    throw new Error(
      `tavern-mem0: ${VARIABLES.retrieverUrl} (retrieverUrl in config.json) is "${text}", it must be a URL such as ${DEFAULTS.retrieverUrl}`,
    );
  }
  url.pathname = url.pathname.replace(/\/*$/, '/');
  return url;
}

/**
 * @param {URL} file
 * @returns {Record<string, unknown>}
 */
function readJson(file) {
  if (!fs.existsSync(file)) {
    return {};
  }
  try {
    return JSON.parse(fs.readFileSync(file, 'utf8'));
  } catch (error) {
    throw new Error(`tavern-mem0: config.json is not valid JSON: ${/** @type {Error} */ (error).message}`, {
      cause: error,
    });
  }
}

/**
 * Talks to the retriever: through SillyTavern's server plugin (which knows who the user is and keeps
 * the API key), or directly.
 */

const PLUGIN_PATH = '/api/plugins/tavern-mem0';

/** The retriever gets this much less than the browser waits, so that its own answer arrives in time. */
const ANSWER_MARGIN_MS = 150;

/** More of a search goes into no URL: nine characters for each Chinese one, and servers take about 8,000. */
const MAX_QUERY = 500;

/** For everything that no generation waits for. */
const PANEL_TIMEOUT_MS = 15_000;

/**
 * @typedef {object} Memory
 * @property {string} id
 * @property {string} text
 * @property {number|null} score
 * @property {number} [stage] 1 last message, 2 recent conversation, 3 rewritten question
 * @property {string} [agent_id]
 * @property {{chat_id?: string|null, chat_file?: string|null, turn_ids?: string[], sent_at?: string|null}} [source]
 *   where and when it was said
 * @property {string|null} [created_at] when it was written down
 * @property {string|null} [updated_at]
 *
 * @typedef {object} RetrieveAnswer
 * @property {Memory[]} memories
 * @property {string} block
 * @property {{stage: number, text: string}|null} query
 * @property {boolean} applied
 * @property {string|null} degraded
 * @property {Record<string, number>} [timings_ms]
 * @property {string} [trace_id]
 *
 * @typedef {'plugin-missing'|'unreachable'|'unreachable-directly'|'timeout'|'unauthorized'|'down'|'rejected'|'bad-answer'|'degraded'|'cancelled'} FailureKind
 */

/** A call that brought no answer. `detail` is for people and may hold what the other side said. */
export class RetrieverError extends Error {
  /**
   * @param {FailureKind} kind
   * @param {string} [detail]
   */
  constructor(kind, detail = '') {
    super(detail ? `${kind}: ${detail}` : kind);
    this.name = 'RetrieverError';
    this.kind = kind;
    this.detail = detail;
  }
}

/**
 * @param {object} dependencies
 * @param {() => STContext} dependencies.getContext
 * @param {import('./settings.js').SettingsStore} dependencies.settings
 * @param {typeof fetch} [dependencies.fetch]
 */
export function createClient({ getContext, settings, fetch = globalThis.fetch.bind(globalThis) }) {
  /** Without the plugin nobody but the browser can say who the user is. @type {string|null} */
  let ownHandle = null;

  /** @param {AbortSignal} signal */
  async function userHandle(signal) {
    if (ownHandle === null) {
      const response = await fetch('/api/users/me', { headers: getContext().getRequestHeaders(), signal });
      const handle = response.ok ? (await response.json()).handle : null;
      if (typeof handle !== 'string' || !handle) {
        throw new RetrieverError('rejected', `SillyTavern did not say who the user is (HTTP ${response.status})`);
      }
      ownHandle = handle;
    }
    return ownHandle;
  }

  /**
   * @param {'GET'|'POST'|'DELETE'} method
   * @param {string} path below `/v1`
   * @param {object} [options]
   * @param {Record<string, string|number>} [options.query]
   * @param {object} [options.body]
   * @param {number} [options.timeoutMs]
   * @param {AbortSignal} [options.signal]
   * @returns {Promise<any>} the parsed JSON, or null for an empty answer
   */
  async function call(method, path, { query, body, timeoutMs = PANEL_TIMEOUT_MS, signal } = {}) {
    const { connection, retriever_url: retrieverUrl } = settings.get();
    const isDirect = connection === 'direct';
    const abort = new AbortController();
    const cancel = () => abort.abort('cancelled');
    const timer = setTimeout(() => abort.abort('timeout'), timeoutMs);
    signal?.addEventListener('abort', cancel);
    try {
      /** @type {Record<string, string>} */
      const user = isDirect ? { user_id: await userHandle(abort.signal) } : {};
      const base = isDirect ? directBase(retrieverUrl, path) : PLUGIN_PATH;
      const parameters = body ? '' : queryString({ ...query, ...user });
      const response = await fetch(`${base}${path}${parameters}`, {
        method,
        headers: isDirect
          ? { 'Content-Type': 'application/json' }
          : getContext().getRequestHeaders(),
        body: body ? JSON.stringify({ ...body, ...user }) : undefined,
        signal: abort.signal,
      });
      if (!response.ok) {
        throw await failure(response, isDirect);
      }
      return response.status === 204 ? null : await response.json();
    } catch (error) {
      if (error instanceof RetrieverError) {
        throw error;
      }
      if (abort.signal.aborted) {
        throw abort.signal.reason === 'timeout'
          ? new RetrieverError('timeout', `${timeoutMs} ms`)
          : new RetrieverError('cancelled');
      }
      // A browser does not tell a page whether it was the network or the missing CORS header.
      const unreachable = isDirect ? 'unreachable-directly' : 'unreachable';
      const kind = error instanceof SyntaxError ? 'bad-answer' : unreachable;
      throw new RetrieverError(kind, error instanceof Error ? error.message : String(error));
    } finally {
      clearTimeout(timer);
      signal?.removeEventListener('abort', cancel);
    }
  }

  return {
    /**
     * @param {import('./request.js').RetrieveBody} body
     * @param {AbortSignal} signal
     * @returns {Promise<RetrieveAnswer>}
     */
    async retrieve(body, signal) {
      const timeoutMs = body.deadline_ms;
      const answer = await call('POST', '/retrieve', {
        body: { ...body, deadline_ms: Math.round(Math.max(timeoutMs - ANSWER_MARGIN_MS, timeoutMs / 2)) },
        timeoutMs,
        signal,
      });
      if (typeof answer?.block !== 'string' || !Array.isArray(answer.memories)) {
        throw new RetrieverError('bad-answer', 'no memories and block in the answer');
      }
      return answer;
    },

    /**
     * What a character remembers, from its own chats and from groups: the latest, or what fits a query.
     *
     * @param {{agent_id: string, query?: string, limit?: number}} filter
     * @returns {Promise<Memory[]>}
     */
    async memories({ agent_id, query, limit = 50 }) {
      const answer = await call('GET', '/memories', {
        query: { agent_id, limit, ...(query ? { query: query.slice(0, MAX_QUERY) } : {}) },
      });
      if (!Array.isArray(answer?.memories)) {
        throw new RetrieverError('bad-answer', 'no memories in the answer');
      }
      return answer.memories;
    },

    /** @param {string} id */
    async forget(id) {
      await call('DELETE', `/memories/${encodeURIComponent(id)}`);
    },

    /**
     * Whether a generation would get memories: the way to the retriever is open, it is up, and it
     * accepts us.
     *
     * @returns {Promise<number>} milliseconds that one search took
     */
    async check() {
      const health = await call('GET', '/health');
      if (health?.status !== 'UP') {
        throw new RetrieverError('down', String(health?.status ?? ''));
      }
      const start = performance.now();
      await call('GET', '/memories', { query: { agent_id: 'tavern-mem0-check', limit: 1 } });
      return Math.round(performance.now() - start);
    },
  };
}

/** @typedef {ReturnType<typeof createClient>} Client */

/**
 * @param {string} retrieverUrl
 * @param {string} path
 */
function directBase(retrieverUrl, path) {
  if (!/^https?:\/\/\S+$/.test(retrieverUrl)) {
    throw new RetrieverError('rejected', `"${retrieverUrl}" is not an http(s) URL`);
  }
  const root = retrieverUrl.replace(/\/+$/, '');
  return path === '/health' ? `${root}/actuator` : `${root}/v1`;
}

/** @param {Record<string, string|number>} values */
function queryString(values) {
  const parameters = new URLSearchParams();
  for (const [key, value] of Object.entries(values)) {
    parameters.set(key, String(value));
  }
  const text = parameters.toString();
  return text && `?${text}`;
}

/**
 * @param {Response} response
 * @param {boolean} isDirect
 */
async function failure(response, isDirect) {
  const answer = await response.json().catch(() => null);
  if (answer?.degraded) {
    // The retriever runs, mem0 does not: the same codes as in its answers to /retrieve.
    return new RetrieverError('degraded', String(answer.degraded));
  }
  const detail = String(answer?.detail ?? answer?.title ?? `HTTP ${response.status}`);
  switch (answer?.code ?? response.status) {
    case 'unreachable':
      return new RetrieverError('unreachable', detail);
    case 'timeout':
    case 504:
      return new RetrieverError('timeout', detail);
    case 'bad-answer':
      return new RetrieverError('bad-answer', detail);
    case 'unauthorized':
    case 401:
    case 403:
      return new RetrieverError('unauthorized', detail);
    case 503:
      // Spring's health answers {"status":"DOWN"}; in a problem, status is the number.
      return new RetrieverError('down', typeof answer?.status === 'string' ? answer.status : detail);
    case 404:
      // SillyTavern answers without JSON where no plugin is mounted.
      return !isDirect && answer === null
        ? new RetrieverError('plugin-missing')
        : new RetrieverError('rejected', detail);
    default:
      return new RetrieverError('rejected', detail);
  }
}

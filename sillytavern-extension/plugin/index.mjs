/**
 * SillyTavern server plugin: forwards what the extension asks to the retriever, so that the browser
 * talks to SillyTavern only. SillyTavern has checked login and CSRF and parsed the body before a route
 * here runs; the user is the one who is logged in, whatever the browser says.
 *
 * Routes below /api/plugins/tavern-mem0: GET /health, POST /retrieve, GET /memories,
 * DELETE /memories/:id.
 */

import { loadConfig } from './config.mjs';
import { createLimit } from './limit.mjs';
import { createRetriever, Problem } from './retriever.mjs';

export const info = {
  id: 'tavern-mem0',
  name: 'tavern-mem0',
  description: 'Long-term memory: forwards the extension\'s requests to the tavern-mem0 retriever.',
};

/** The retriever's own answer, which may come at its deadline, must have time to arrive. */
const DEADLINE_MARGIN_MS = 100;

/** What the extension may say; the user is set here, and everything else is dropped. */
const RETRIEVE_FIELDS = [
  'agent_id', 'chat_id', 'chat_file', 'group_id', 'group_members', 'user_name', 'char_name', 'messages',
  'mem0_query_rewrite_enabled', 'mem0_query_rewrite_prompt', 'limit', 'max_chars', 'include_context',
  'template', 'deadline_ms',
];
const MEMORIES_PARAMETERS = ['agent_id', 'query', 'limit'];

/**
 * What is used of Express.
 *
 * @typedef {object} Request
 * @property {{profile: {handle: string}}} user
 * @property {Record<string, any>} body
 * @property {Record<string, unknown>} query
 * @property {Record<string, string>} params
 *
 * @typedef {object} Response
 * @property {(status: number) => Response} status
 * @property {(type: string) => Response} type
 * @property {(name: string, value: string) => void} setHeader
 * @property {(body?: string) => void} send
 * @property {(event: 'close', listener: () => void) => void} on
 * @property {boolean} writableFinished
 *
 * @typedef {(request: Request, response: Response) => Promise<void>} Handler
 * @typedef {Record<'get'|'post'|'delete', (path: string, handler: Handler) => void>} Router
 */

const stopping = new AbortController();

/** @param {Router} router */
export async function init(router) {
  const config = loadConfig(process.env, new URL('config.json', import.meta.url));
  addRoutes(router, config);
  console.log(`tavern-mem0: memories come from ${config.retrieverUrl.origin}`);
}

export async function exit() {
  stopping.abort();
}

/**
 * @param {Router} router
 * @param {import('./config.mjs').Config} config
 */
export function addRoutes(router, config) {
  const retriever = createRetriever(config);
  const limited = createLimit(config.maxConcurrentRequests);
  /** Logged when it changes, not at each generation. @type {string|null} */
  let trouble = null;

  /** @param {Problem|null} problem */
  function noteTrouble(problem) {
    if (problem && problem.code !== trouble) {
      console.warn(`tavern-mem0: ${problem.message}`);
    } else if (!problem && trouble) {
      console.log('tavern-mem0: the retriever answers again');
    }
    trouble = problem?.code ?? null;
  }

  /**
   * @param {(request: Request, signal: AbortSignal) => Promise<import('./retriever.mjs').Answer>} answer
   * @returns {Handler}
   */
  const handler = (answer) => async (request, response) => {
    const gone = new AbortController();
    response.on('close', () => {
      if (!response.writableFinished) {
        gone.abort();
      }
    });
    try {
      const { status, type, text } = await limited(
        request.user.profile.handle,
        () => answer(request, AbortSignal.any([gone.signal, stopping.signal])),
      );
      noteTrouble(null);
      response.status(status).type(type).send(text);
    } catch (error) {
      const problem = error instanceof Problem ? error : new Problem(500, 'internal', String(error));
      if (!gone.signal.aborted) {
        if (problem.status >= 500) {
          noteTrouble(problem);
        }
        if (problem.status === 429) {
          response.setHeader('Retry-After', '1');
        }
        response.status(problem.status).type('application/problem+json').send(JSON.stringify(problem));
      }
    }
  };

  router.get('/health', handler(async (_request, signal) => {
    const answer = await retriever({ method: 'GET', path: 'actuator/health', signal });
    return { ...answer, type: 'application/json', text: JSON.stringify({ status: statusIn(answer.text) }) };
  }));

  router.post('/retrieve', handler(async (request, signal) => {
    const body = { ...picked(request.body, RETRIEVE_FIELDS), user_id: request.user.profile.handle };
    const size = Buffer.byteLength(JSON.stringify(body));
    if (size > config.maxRequestBytes) {
      throw new Problem(
        413, 'too-large', `the request has ${size} bytes, at most ${config.maxRequestBytes} are allowed`,
      );
    }
    const deadline = Number(request.body?.deadline_ms);
    return retriever({
      method: 'POST',
      path: 'v1/retrieve',
      body,
      timeoutMs: deadline > 0 ? Math.ceil(deadline) + DEADLINE_MARGIN_MS : undefined,
      signal,
    });
  }));

  router.get('/memories', handler((request, signal) => {
    const query = /** @type {Record<string, string>} */ (picked(request.query, MEMORIES_PARAMETERS));
    return retriever({
      method: 'GET',
      path: 'v1/memories',
      query: { ...query, user_id: request.user.profile.handle },
      signal,
    });
  }));

  router.delete('/memories/:id', handler(async (request, signal) => {
    const { id } = request.params;
    if (!/^[\w-]{1,128}$/.test(id)) {
      throw new Problem(400, 'invalid-id', 'the memory id must be letters, digits, - and _');
    }
    return retriever({
      method: 'DELETE',
      path: `v1/memories/${id}`,
      query: { user_id: request.user.profile.handle },
      signal,
    });
  }));
}

/**
 * The health's status alone: its details are for those who run the retriever.
 *
 * @param {string} health JSON of Spring Boot's health endpoint
 */
function statusIn(health) {
  try {
    return String(JSON.parse(health).status);
  } catch {
    throw new Problem(502, 'bad-answer', 'what answers at the retriever\'s address is not a retriever');
  }
}

/**
 * @param {Record<string, unknown>} source
 * @param {string[]} names
 */
function picked(source, names) {
  return Object.fromEntries(
    names.filter((name) => source?.[name] !== undefined).map((name) => [name, source[name]]),
  );
}

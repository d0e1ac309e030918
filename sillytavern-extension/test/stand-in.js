/**
 * A stand-in for retriever-service, for developing and testing the extension without the pipeline. It
 * speaks the same HTTP and remembers what it is told to, or what users said in the chats of a data
 * directory; it searches by common words.
 */

import fs from 'node:fs';
import http from 'node:http';
import path from 'node:path';

/**
 * @typedef {{id: string, user_id: string, agent_id: string, text: string, chat_file: string|null}} Stored
 * @typedef {{method: string, url: URL, headers: http.IncomingHttpHeaders, body: any}} Received
 */

/**
 * @param {object} [options]
 * @param {string} [options.dataRoot] SillyTavern's data root: user messages in its chats are memories
 * @param {string} [options.apiKey] refuses calls without it
 * @param {number} [options.port] 0 picks a free one
 */
export async function startStandIn({ dataRoot, apiKey, port = 0 } = {}) {
  /** @type {Stored[]} */
  const stored = [];
  /** @type {Set<string>} */
  const forgotten = new Set();
  /** @type {Received[]} */
  const received = [];
  /** What the next answers look like; tests change it. */
  const behaviour = {
    delayMs: 0,
    /** No answer before it is settled. @type {Promise<void>|null} */
    held: null,
    /** @type {string|null} */
    degraded: null,
    health: 'UP',
    /** Sent instead of an answer. @type {{status: number, type?: string, body: string}|null} */
    raw: null,
  };

  /** @param {string} userId @param {string} agentId */
  function memoriesOf(userId, agentId) {
    const inChats = dataRoot ? userTurns(path.join(dataRoot, userId, 'chats', agentId)) : [];
    return [
      ...stored.filter((memory) => memory.user_id === userId && memory.agent_id === agentId),
      ...inChats.map((turn) => ({ ...turn, user_id: userId, agent_id: agentId })),
    ].filter(({ id }) => !forgotten.has(id));
  }

  /** @param {Received} request @returns {{status: number, body?: object}} */
  function answer({ method, url, headers, body }) {
    if (url.pathname === '/actuator/health') {
      return { status: behaviour.health === 'UP' ? 200 : 503, body: { status: behaviour.health } };
    }
    if (apiKey && headers['x-api-key'] !== apiKey) {
      return { status: 401, body: { title: 'Unauthorized', status: 401, detail: 'X-API-Key is missing or wrong' } };
    }
    if (method === 'POST' && url.pathname === '/v1/retrieve') {
      return { status: 200, body: retrieve(body) };
    }
    const [, id] = url.pathname.match(/^\/v1\/memories(?:\/(.+))?$/) ?? [null, null];
    const userId = String(url.searchParams.get('user_id'));
    if (method === 'GET' && url.pathname === '/v1/memories') {
      const query = url.searchParams.get('query');
      const all = memoriesOf(userId, String(url.searchParams.get('agent_id')));
      const found = query ? ranked(query, all) : all.map((memory) => ({ ...memory, score: null }));
      return { status: 200, body: { memories: found.slice(0, Number(url.searchParams.get('limit'))).map(shaped) } };
    }
    if (method === 'DELETE' && id) {
      forgotten.add(id);
      return { status: 204 };
    }
    return { status: 404, body: { title: 'Not Found', status: 404, detail: `no ${method} ${url.pathname}` } };
  }

  /** @param {any} request */
  function retrieve(request) {
    const question = request.messages.findLast((/** @type {any} */ message) => message.role === 'user')?.content;
    const inPrompt = new Set(request.messages.map((/** @type {any} */ message) => message.content));
    const candidates = memoriesOf(request.user_id, request.agent_id).filter(({ text }) => !inPrompt.has(text));
    const found = question && !behaviour.degraded ? ranked(question, candidates).slice(0, request.limit) : [];
    const lines = found.map(({ text }) => `- ${text}`).join('\n').slice(0, request.max_chars);
    return {
      memories: found.map((memory) => ({ ...shaped(memory), stage: 1 })),
      block: lines && request.template.replace('{{text}}', () => lines),
      query: question ? { stage: 1, text: question } : null,
      applied: found.length > 0,
      degraded: behaviour.degraded,
      timings_ms: { total: 1 },
      trace_id: 'stand-in',
    };
  }

  let abandoned = 0;
  const server = http.createServer(async (request, response) => {
    response.on('close', () => {
      abandoned += response.writableEnded ? 0 : 1;
    });
    response.setHeader('access-control-allow-origin', '*');
    response.setHeader('access-control-allow-headers', 'content-type');
    response.setHeader('access-control-allow-methods', 'GET, POST, DELETE');
    if (request.method === 'OPTIONS') {
      response.writeHead(204).end();
      return;
    }
    const url = new URL(request.url ?? '/', 'http://stand-in');
    const text = (await request.setEncoding('utf8').toArray()).join('');
    const call = { method: request.method ?? '', url, headers: request.headers, body: text && JSON.parse(text) };
    received.push(call);
    await new Promise((resolve) => setTimeout(resolve, behaviour.delayMs).unref());
    await behaviour.held;
    if (behaviour.raw) {
      const { status, type, body } = behaviour.raw;
      response.writeHead(status, { 'content-type': type ?? 'application/json' }).end(body);
      return;
    }
    const { status, body } = answer(call);
    const type = status < 400 ? 'application/json' : 'application/problem+json';
    response.writeHead(status, body ? { 'content-type': type } : {}).end(body && JSON.stringify(body));
  });
  await new Promise((resolve) => server.listen(port, '127.0.0.1', () => resolve(null)));
  const address = /** @type {import('node:net').AddressInfo} */ (server.address());

  return {
    url: `http://127.0.0.1:${address.port}`,
    port: address.port,
    received,
    behaviour,
    /** How many callers left without waiting for the answer. */
    abandoned: () => abandoned,
    /** @param {{user_id?: string, agent_id: string, text: string, chat_file?: string}} memory */
    remember({ user_id = 'default-user', agent_id, text, chat_file }) {
      stored.push({ id: `m${stored.length + 1}`, user_id, agent_id, text, chat_file: chat_file ?? null });
    },
    async stop() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

/** @param {string} directory chats of one character */
function userTurns(directory) {
  if (!fs.existsSync(directory)) {
    return [];
  }
  return fs.readdirSync(directory).filter((name) => name.endsWith('.jsonl')).flatMap((name) =>
    fs.readFileSync(path.join(directory, name), 'utf8').split('\n').map((line, index) => ({ line, index }))
      .filter(({ line }) => line.includes('"is_user":true'))
      .map(({ line, index }) => ({ id: `${name.length}-${index}`, text: JSON.parse(line).mes, chat_file: name })));
}

/**
 * @template {{text: string}} M
 * @param {string} query
 * @param {M[]} memories
 * @returns {(M & {score: number})[]}
 */
function ranked(query, memories) {
  const wanted = words(query);
  return memories
    .map((memory) => ({ ...memory, score: words(memory.text).filter((word) => wanted.includes(word)).length / wanted.length }))
    .filter(({ score }) => score > 0)
    .sort((a, b) => b.score - a.score);
}

/** @param {string} text */
function words(text) {
  return [...text.toLowerCase().matchAll(/[a-z]{4,}|\p{Script=Han}{2}/gu)].map(([word]) => word);
}

/** @param {Stored & {score: number|null}} memory */
function shaped({ id, text, score, agent_id, chat_file }) {
  return {
    id, text, score, agent_id,
    source: { chat_id: null, chat_file, turn_ids: [] },
    created_at: '2025-12-28T09:00:00Z',
    updated_at: null,
  };
}

/** @typedef {Awaited<ReturnType<typeof startStandIn>>} StandIn */

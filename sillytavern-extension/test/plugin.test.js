import assert from 'node:assert/strict';
import fs from 'node:fs';
import http from 'node:http';
import os from 'node:os';
import path from 'node:path';
import { after, before, beforeEach, describe, test } from 'node:test';
import { pathToFileURL } from 'node:url';
import { loadConfig } from '../plugin/config.mjs';
import { addRoutes, info } from '../plugin/index.mjs';
import { startStandIn } from './stand-in.js';

/** @type {import('./stand-in.js').StandIn} */
let retriever;
/** @type {Awaited<ReturnType<typeof startTavern>>} */
let tavern;

before(async () => {
  retriever = await startStandIn({ apiKey: 'secret' });
  tavern = await startTavern({ retrieverUrl: retriever.url, apiKey: 'secret' });
});
after(() => Promise.all([retriever.stop(), tavern.stop()]));
beforeEach((t) => {
  // @ts-expect-error the hook's context mocks like a test's
  t.mock.method(console, 'warn', () => {});
  Object.assign(retriever.behaviour, { delayMs: 0, held: null, degraded: null, health: 'UP', raw: null });
  retriever.received.length = 0;
});

/**
 * The routes of the plugin behind what SillyTavern does before it: here "robin" is logged in.
 *
 * @param {object} settings of config.json
 */
async function startTavern(settings) {
  const file = path.join(fs.mkdtempSync(path.join(os.tmpdir(), 'tavern-mem0-')), 'config.json');
  fs.writeFileSync(file, JSON.stringify(settings));
  /** @type {{method: string, pattern: RegExp, handler: any}[]} */
  const routes = [];
  /** @param {string} method */
  const route = (method) => (/** @type {string} */ route, /** @type {any} */ handler) => {
    routes.push({ method, pattern: new RegExp(`^${route.replace(/:(\w+)/, '(?<$1>[^/]+)')}$`), handler });
  };
  addRoutes({ get: route('GET'), post: route('POST'), delete: route('DELETE') }, loadConfig({}, pathToFileURL(file)));

  const server = http.createServer(async (request, response) => {
    const url = new URL(request.url ?? '', 'http://tavern');
    const text = (await request.setEncoding('utf8').toArray()).join('');
    const found = routes.find(({ method, pattern }) => method === request.method && pattern.test(url.pathname));
    if (!found) {
      response.writeHead(404).end();
      return;
    }
    const id = found.pattern.exec(url.pathname)?.groups?.id;
    found.handler(
      {
        user: { profile: { handle: String(request.headers['x-test-user'] ?? 'robin') } },
        body: text ? JSON.parse(text) : undefined,
        query: Object.fromEntries(url.searchParams),
        params: id ? { id: decodeURIComponent(id) } : {},
      },
      Object.assign(response, {
        status(/** @type {number} */ code) { response.statusCode = code; return response; },
        type(/** @type {string} */ value) { response.setHeader('content-type', value); return response; },
        send(/** @type {string} */ body) { response.end(body); },
      }),
    );
  });
  await new Promise((resolve) => server.listen(0, '127.0.0.1', () => resolve(null)));
  const { port } = /** @type {import('node:net').AddressInfo} */ (server.address());
  return {
    /** @param {string} path @param {RequestInit} [init] */
    fetch: (path, init) => fetch(`http://127.0.0.1:${port}${path}`, init),
    /** @param {object} body @param {RequestInit} [init] */
    retrieve: (body, init) =>
      fetch(`http://127.0.0.1:${port}/retrieve`, { method: 'POST', body: JSON.stringify(body), ...init }),
    async stop() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

const REQUEST = { agent_id: 'Mira', messages: [{ role: 'user', content: 'Hello' }], limit: 5, template: '{{text}}' };

/** @param {Response} response */
async function codeOf(response) {
  assert.match(response.headers.get('content-type') ?? '', /problem\+json/);
  const { code, status } = await response.json();
  assert.equal(status, response.status);
  return code;
}

describe('the plugin', () => {
  test('has the id that the extension calls', () => {
    assert.equal(info.id, 'tavern-mem0');
  });

  test('sends the user who is logged in, whoever the browser claims to be', async () => {
    await tavern.retrieve({ ...REQUEST, user_id: 'mallory' });
    await tavern.fetch('/memories?agent_id=Mira&user_id=mallory');
    await tavern.fetch('/memories/gone?user_id=mallory', { method: 'DELETE' });
    const [retrieve, memories, forget] = retriever.received;
    assert.equal(retrieve.body.user_id, 'robin');
    assert.deepEqual(memories.url.searchParams.getAll('user_id'), ['robin']);
    assert.deepEqual(forget.url.searchParams.getAll('user_id'), ['robin']);
  });

  test('adds the API key, which the browser never sees', async () => {
    const response = await tavern.retrieve(REQUEST);
    assert.equal(response.status, 200);
    assert.equal(retriever.received[0].headers['x-api-key'], 'secret');
    assert.ok(!JSON.stringify([...response.headers, await response.text()]).includes('secret'));
  });

  test('passes on what the retriever answers, also when it refuses', async () => {
    retriever.remember({ user_id: 'robin', agent_id: 'Mira', text: 'Hello again' });
    const { memories } = await (await tavern.retrieve(REQUEST)).json();
    assert.equal(memories[0].text, 'Hello again');

    retriever.behaviour.raw = {
      status: 404, type: 'application/problem+json', body: '{"status":404,"detail":"no such memory"}',
    };
    const response = await tavern.fetch('/memories/m9', { method: 'DELETE' });
    assert.equal(response.status, 404);
    assert.equal((await response.json()).detail, 'no such memory');
  });

  test('passes on the fields of the contract only', async () => {
    await tavern.retrieve({ ...REQUEST, surprise: true, __proto__: { admin: true } });
    assert.deepEqual(Object.keys(retriever.received[0].body).sort(), [...Object.keys(REQUEST), 'user_id'].sort());
  });

  test('serves the others when one user asks for too much at a time', async () => {
    /** @type {() => void} */
    let release = () => {};
    retriever.behaviour.held = new Promise((resolve) => {
      release = resolve;
    });
    const large = { ...REQUEST, messages: [{ role: 'user', content: 'x'.repeat(1_900_000) }] };
    let refusals = 0;
    const flood = Array.from({ length: 30 }, async () => {
      const answer = await tavern.retrieve(large);
      if (answer.status === 429 && ++refusals === 22) {
        const other = tavern.retrieve(REQUEST, { headers: { 'x-test-user': 'eve' } });
        release();
        assert.equal((await other).status, 200);
      }
      return answer;
    });

    const answers = await Promise.all(flood);

    assert.deepEqual(
      [200, 429].map((status) => answers.filter((answer) => answer.status === status).length),
      [8, 22],
    );
    const refused = answers.filter(({ status }) => status === 429)[0];
    assert.equal(refused.headers.get('retry-after'), '1');
    assert.equal(await codeOf(refused), 'too-many-requests');

    assert.equal((await tavern.retrieve(REQUEST)).status, 200);
  });

  test('reports the retriever\'s health without its details', async () => {
    assert.deepEqual(await (await tavern.fetch('/health')).json(), { status: 'UP' });
    retriever.behaviour.health = 'DOWN';
    assert.equal((await tavern.fetch('/health')).status, 503);
    retriever.behaviour.raw = { status: 200, body: '{"status":"UP","components":{"db":{}}}' };
    assert.deepEqual(await (await tavern.fetch('/health')).json(), { status: 'UP' });
    retriever.behaviour.raw = { status: 200, body: '<html>' };
    assert.equal(await codeOf(await tavern.fetch('/health')), 'bad-answer');
  });
});

describe('the plugin is bounded', () => {
  test('in the size of requests', async () => {
    const response = await tavern.retrieve({ ...REQUEST, messages: [{ content: 'x'.repeat(3_000_000) }] });
    assert.equal(response.status, 413);
    assert.equal(await codeOf(response), 'too-large');
    assert.equal(retriever.received.length, 0);
  });

  test('in the size of answers', async () => {
    retriever.behaviour.raw = { status: 200, body: 'x'.repeat(5_000_000) };
    const response = await tavern.retrieve(REQUEST);
    assert.equal(response.status, 502);
    assert.equal(await codeOf(response), 'bad-answer');
  });

  test('in time, by the deadline of the request', async () => {
    retriever.behaviour.delayMs = 5000;
    const start = performance.now();
    const response = await tavern.retrieve({ ...REQUEST, deadline_ms: 100 });
    assert.equal(response.status, 504);
    assert.equal(await codeOf(response), 'timeout');
    assert.ok(performance.now() - start < 1500);
  });

  test('whatever kind of number the deadline is', async () => {
    const response = await tavern.retrieve({ ...REQUEST, deadline_ms: 1500.5 });
    assert.equal(response.status, 200);
  });

  test('to ids that cannot lead elsewhere', async () => {
    for (const id of ['..%2Fadmin', 'a%3Fb', 'x'.repeat(200)]) {
      const response = await tavern.fetch(`/memories/${id}`, { method: 'DELETE' });
      assert.equal(await codeOf(response), 'invalid-id');
    }
    assert.equal(retriever.received.length, 0);
  });
});

describe('the plugin says what is wrong', () => {
  test('when nobody listens at the retriever\'s address', async () => {
    const lonely = await startTavern({ retrieverUrl: 'http://127.0.0.1:9' });
    const response = await lonely.retrieve(REQUEST);
    assert.equal(response.status, 502);
    assert.equal(await codeOf(response), 'unreachable');
    await lonely.stop();
  });

  test('when something else answers at the retriever\'s address', async () => {
    retriever.behaviour.raw = { status: 404, type: 'text/html', body: '<h1>Not Found</h1>' };
    assert.equal(await codeOf(await tavern.retrieve(REQUEST)), 'bad-answer');
  });

  test('when the retriever refuses the API key', async () => {
    const stranger = await startTavern({ retrieverUrl: retriever.url, apiKey: 'wrong' });
    const response = await stranger.retrieve(REQUEST);
    assert.equal(response.status, 502);
    assert.equal(await codeOf(response), 'unauthorized');
    await stranger.stop();
  });
});

test('a browser that goes away ends the call to the retriever', { timeout: 5000 }, async () => {
  retriever.behaviour.delayMs = 10_000;
  const leave = new AbortController();
  const call = tavern.retrieve(REQUEST, { signal: leave.signal });
  while (retriever.received.length === 0) {
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
  leave.abort();
  await assert.rejects(call);
  while (retriever.abandoned() === 0) {
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
});

describe('the configuration', () => {
  const nowhere = pathToFileURL(path.join(os.tmpdir(), 'tavern-mem0-none.json'));

  /** @param {string} text */
  function file(text) {
    const name = path.join(fs.mkdtempSync(path.join(os.tmpdir(), 'tavern-mem0-')), 'config.json');
    fs.writeFileSync(name, text);
    return pathToFileURL(name);
  }

  test('needs nothing', () => {
    const config = loadConfig({}, nowhere);
    assert.equal(config.retrieverUrl.href, 'http://localhost:8002/');
    assert.equal(config.apiKey, null);
  });

  test('comes from the environment before the file', () => {
    const config = loadConfig(
      { TAVERN_MEM0_RETRIEVER_URL: 'https://memory.example/mem0' },
      file('{"retrieverUrl":"http://other:1","apiKey":"k"}'),
    );
    assert.equal(config.retrieverUrl.href, 'https://memory.example/mem0/');
    assert.equal(config.apiKey, 'k');
  });

  for (const [what, environment, content, message] of /** @type {[string, any, string, RegExp][]} */ ([
    ['an address that is none', { TAVERN_MEM0_RETRIEVER_URL: 'retriever:8002' }, '{}', /RETRIEVER_URL.*"retriever:8002".*such as http/],
    ['a timeout that is no number', { TAVERN_MEM0_TIMEOUT_MS: 'soon' }, '{}', /TIMEOUT_MS.*"soon".*positive whole number/],
    ['a misspelt setting', {}, '{"retreiverUrl":"x"}', /unknown settings: retreiverUrl.*retrieverUrl/],
    ['a file that is not JSON', {}, 'retrieverUrl: x', /config\.json is not valid JSON/],
  ])) {
    test(`refuses ${what}`, () => {
      assert.throws(() => loadConfig(environment, file(content)), message);
    });
  }
});

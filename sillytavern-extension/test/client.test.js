import assert from 'node:assert/strict';
import { after, before, beforeEach, describe, test } from 'node:test';
import { createClient } from '../extension/client.js';
import { createSettings } from '../extension/settings.js';
import { fakeContext } from './context.js';
import { startStandIn } from './stand-in.js';

/** @type {import('./stand-in.js').StandIn} */
let retriever;
before(async () => { retriever = await startStandIn(); });
after(() => retriever.stop());
beforeEach(() => {
  Object.assign(retriever.behaviour, { delayMs: 0, degraded: null, health: 'UP', raw: null });
  retriever.received.length = 0;
});

const BODY = /** @type {import('../extension/request.js').RetrieveBody} */ ({
  agent_id: 'Mira', char_name: 'Mira', chat_id: null, chat_file: 'a.jsonl', group_id: null, group_members: [],
  user_name: 'Robin', messages: [{ role: 'user', content: 'Where does Ilse live?', name: 'Robin' }],
  mem0_query_rewrite_enabled: false, mem0_query_rewrite_prompt: null, limit: 5, max_chars: 1000,
  include_context: true, template: 'Memory:\n{{text}}', deadline_ms: 2000,
});

/**
 * A client whose browser has a SillyTavern that forwards to the stand-in.
 *
 * @param {'plugin'|'direct'} connection
 * @param {string} [retrieverUrl]
 * @param {typeof fetch} [whoAmI] how SillyTavern answers who the user is
 */
function clientFor(connection, retrieverUrl = retriever.url, whoAmI = async () => Response.json({ handle: 'robin' })) {
  const { getContext } = fakeContext();
  const settings = createSettings(getContext);
  settings.update({ connection, retriever_url: retrieverUrl });
  /** @type {typeof fetch} */
  const browserFetch = async (input, init) => {
    const url = String(input);
    if (url === '/api/users/me') {
      return whoAmI(url, init);
    }
    return fetch(url.startsWith('/api/plugins/tavern-mem0/')
      ? `${retrieverUrl}${url.replace('/api/plugins/tavern-mem0', url.includes('/health') ? '/actuator' : '/v1')}`
      : url, init);
  };
  return createClient({ getContext, settings, fetch: browserFetch });
}

/** @param {RegExp|string} kind */
function withKind(kind) {
  return (/** @type {any} */ error) => {
    assert.equal(error.name, 'RetrieverError', error.stack);
    assert.match(error.kind, new RegExp(kind));
    return true;
  };
}

const idle = () => new AbortController().signal;

describe('through the plugin', () => {
  test('a request says nothing about the user: the server knows', async () => {
    await clientFor('plugin').retrieve(BODY, idle());
    const [{ url, body, headers }] = retriever.received;
    assert.equal(url.pathname, '/v1/retrieve');
    assert.equal(body.user_id, undefined);
    assert.equal(headers['x-csrf-token'], 'token');
  });

  test('the retriever gets a little less time than the browser waits', async () => {
    await clientFor('plugin').retrieve(BODY, idle());
    await clientFor('plugin').retrieve({ ...BODY, deadline_ms: 201 }, idle());
    assert.deepEqual(retriever.received.map(({ body }) => body.deadline_ms), [1850, 101]);
  });

  test('a SillyTavern without the plugin is recognised', async () => {
    retriever.behaviour.raw = { status: 404, type: 'text/html', body: '<h1>Not found</h1>' };
    await assert.rejects(clientFor('plugin').retrieve(BODY, idle()), withKind('plugin-missing'));
  });
});

describe('directly', () => {
  test('a request names the user that SillyTavern knows', async () => {
    const client = clientFor('direct');
    await client.retrieve(BODY, idle());
    await client.memories({ agent_id: 'Mira', query: 'Ilse' });
    const [retrieve, memories] = retriever.received;
    assert.equal(retrieve.body.user_id, 'robin');
    assert.equal(memories.url.searchParams.get('user_id'), 'robin');
    assert.equal(memories.url.searchParams.get('query'), 'Ilse');
    assert.equal(retrieve.headers['x-csrf-token'], undefined, 'SillyTavern\'s token stays with SillyTavern');
  });

  test('a user whom SillyTavern does not name gets nobody else\'s memories', async () => {
    for (const answer of [Response.json({ error: 'logged out' }, { status: 403 }), Response.json({})]) {
      const client = clientFor('direct', retriever.url, async () => answer);
      await assert.rejects(client.retrieve(BODY, idle()), withKind('rejected'));
    }
    assert.equal(retriever.received.length, 0);
  });

  test('a SillyTavern that does not say who the user is does not hold up a generation', async () => {
    /** @type {typeof fetch} */
    const never = (_input, init) => new Promise((_resolve, reject) => {
      init?.signal?.addEventListener('abort', () => reject(init.signal?.reason));
    });
    const client = clientFor('direct', retriever.url, never);
    await assert.rejects(client.retrieve({ ...BODY, deadline_ms: 200 }, idle()), withKind('timeout'));
  });

  test('a retriever that cannot be reached may also be one that does not allow the page', async () => {
    await assert.rejects(clientFor('direct', 'http://127.0.0.1:9').check(), withKind('^unreachable-directly$'));
  });

  test('an address that is none is said so', async () => {
    await assert.rejects(clientFor('direct', 'localhost:8002').check(), withKind('rejected'));
  });
});

describe('what can go wrong', () => {
  test('nobody listens', async () => {
    await assert.rejects(clientFor('plugin', 'http://127.0.0.1:9').retrieve(BODY, idle()), withKind('^unreachable$'));
  });

  test('no answer within the deadline', async () => {
    retriever.behaviour.delayMs = 5000;
    const start = performance.now();
    await assert.rejects(clientFor('plugin').retrieve({ ...BODY, deadline_ms: 200 }, idle()), withKind('timeout'));
    assert.ok(performance.now() - start < 1000);
  });

  test('the user stops the generation', async () => {
    retriever.behaviour.delayMs = 5000;
    const stop = new AbortController();
    const call = clientFor('plugin').retrieve(BODY, stop.signal);
    stop.abort();
    await assert.rejects(call, withKind('cancelled'));
  });

  test('an answer that is not JSON, or something else\'s JSON', async () => {
    retriever.behaviour.raw = { status: 200, body: 'hello' };
    await assert.rejects(clientFor('plugin').retrieve(BODY, idle()), withKind('bad-answer'));
    retriever.behaviour.raw = { status: 200, body: '{"ok":true}' };
    await assert.rejects(clientFor('plugin').retrieve(BODY, idle()), withKind('bad-answer'));
    await assert.rejects(clientFor('plugin').memories({ agent_id: 'Mira' }), withKind('bad-answer'));
  });

  for (const [problem, kind] of /** @type {[any, string][]} */ ([
    [{ status: 401, title: 'Unauthorized' }, 'unauthorized'],
    [{ status: 502, code: 'unauthorized' }, 'unauthorized'],
    [{ status: 502, code: 'unreachable' }, 'unreachable'],
    [{ status: 504, code: 'timeout' }, 'timeout'],
    [{ status: 503, detail: 'starting' }, 'down'],
    [{ status: 504, degraded: 'mem0_timeout' }, 'degraded'],
    [{ status: 404, detail: 'no such memory' }, 'rejected'],
    [{ status: 400, detail: 'limit must be 1 or more' }, 'rejected'],
    [{ status: 500 }, 'rejected'],
  ])) {
    test(`${problem.status} ${problem.code ?? ''} is ${kind}`, async () => {
      retriever.behaviour.raw = { status: problem.status, body: JSON.stringify(problem) };
      await assert.rejects(clientFor('plugin').retrieve(BODY, idle()), (/** @type {any} */ error) => {
        assert.equal(error.kind, kind);
        assert.ok(!problem.detail || error.detail.includes(problem.detail));
        return true;
      });
    });
  }
});

describe('the connection test', () => {
  test('passes when the retriever is up and a search works', async () => {
    assert.ok((await clientFor('plugin').check()) >= 0);
    assert.deepEqual(retriever.received.map(({ url }) => url.pathname), ['/actuator/health', '/v1/memories']);
  });

  test('says what the retriever says about itself', async () => {
    retriever.behaviour.health = 'OUT_OF_SERVICE';
    await assert.rejects(clientFor('plugin').check(), (/** @type {any} */ error) =>
      error.kind === 'down' && error.detail === 'OUT_OF_SERVICE');
  });
});

test('a search for a whole page of text fits into a URL', async () => {
  await clientFor('plugin').memories({ agent_id: 'Mira', query: '龙'.repeat(20_000) });
  const [{ url }] = retriever.received;
  assert.ok(url.href.length < 8000);
  assert.ok(url.searchParams.get('query')?.startsWith('龙龙'));
});

test('a memory is forgotten by its id', async () => {
  await clientFor('plugin').forget('a/b');
  const [{ method, url }] = retriever.received;
  assert.equal(`${method} ${url.pathname}`, 'DELETE /v1/memories/a%2Fb');
});

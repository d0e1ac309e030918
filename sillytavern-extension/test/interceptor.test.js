import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { RetrieverError } from '../extension/client.js';
import { createInjection } from '../extension/injection.js';
import { createInterceptor } from '../extension/interceptor.js';
import { createJournal } from '../extension/journal.js';
import { createSettings } from '../extension/settings.js';
import { fakeContext, promptCopies, user } from './context.js';

const ANSWER = {
  memories: [{ id: '1', text: 'Ilse lives in Tromso.', score: 0.8, stage: 1 }],
  block: 'Memory: Ilse lives in Tromso.',
  query: { stage: 1, text: 'Where?' },
  applied: true,
  degraded: null,
};

/**
 * An interceptor whose retriever does what the test says.
 *
 * @param {Partial<STContext>} [changes]
 */
function setUp(changes) {
  const fake = fakeContext({ chat: [user('Where?')], ...changes });
  const { getContext } = fake;
  /** @type {import('../extension/request.js').RetrieveBody[]} */
  const asked = [];
  const retriever = {
    /** @type {(body: any, signal: AbortSignal) => Promise<import('../extension/client.js').RetrieveAnswer>} */
    answer: async () => ANSWER,
  };
  const settings = createSettings(getContext);
  const journal = createJournal({ warn: () => {} });
  const interceptor = createInterceptor({
    getContext, settings, journal,
    injection: createInjection(getContext),
    client: {
      retrieve: (body, signal) => {
        asked.push(body);
        return retriever.answer(body, signal);
      },
    },
  });
  const generate = (type = 'normal') =>
    interceptor.intercept(promptCopies(fake.context), 8000, () => assert.fail('generation aborted'), type);
  return { ...fake, settings, journal, interceptor, retriever, asked, generate };
}

/** A promise that the test settles. */
function later() {
  /** @type {(answer: typeof ANSWER) => void} */
  let arrive = () => {};
  const promise = new Promise((resolve) => { arrive = resolve; });
  return { promise: /** @type {Promise<any>} */ (promise), arrive };
}

describe('a generation', () => {
  for (const type of ['normal', 'swipe', 'regenerate', 'continue', 'impersonate']) {
    test(`gets memories: ${type}`, async () => {
      const { generate, injected } = setUp();
      await generate(type);
      assert.equal(injected(), ANSWER.block);
    });
  }

  test('clears what the last one got', async () => {
    const { generate, injected, retriever, journal } = setUp();
    await generate();
    retriever.answer = async () => ({ ...ANSWER, memories: [], block: '', applied: false });
    await generate();
    assert.equal(injected(), '');
    assert.equal(journal.last()?.outcome, 'answered');
  });

  test('clears what the last one got even when the retriever fails', async () => {
    const { generate, injected, retriever } = setUp();
    await generate();
    retriever.answer = async () => { throw new RetrieverError('unreachable'); };
    await generate();
    assert.equal(injected(), '');
  });

  test('asks for each speaker of a group', async () => {
    const { generate, context, asked } = setUp({
      groups: [{ id: 'g', name: 'G', members: ['Mira.png', 'Kess of Dale.png'] }], groupId: 'g',
    });
    await generate();
    context.characterId = 1;
    await generate();
    assert.deepEqual(asked.map(({ agent_id }) => agent_id), ['Mira', 'Kess of Dale']);
  });
});

describe('no memories are asked for', () => {
  /** @type {Record<string, (tools: ReturnType<typeof setUp>) => unknown>} */
  const cases = {
    'when memory is off': ({ settings }) => settings.update({ enabled: false }),
    'when the chat is paused': ({ settings }) => settings.setPaused(true),
    'when no chat is open': ({ context }) => { context.getCurrentChatId = () => undefined; },
    'when nothing was said': ({ context }) => { context.chat = []; },
  };
  for (const [when, arrange] of Object.entries(cases)) {
    test(when, async () => {
      const tools = setUp();
      await tools.generate();
      await arrange(tools);
      await tools.generate();
      assert.equal(tools.asked.length, 1);
      assert.equal(tools.injected(), '', 'the memories of the generation before are gone');
    });
  }

  test('for background prompts, unless the user wants it', async () => {
    const { generate, settings, asked, journal } = setUp();
    await generate('quiet');
    assert.equal(asked.length, 0);
    assert.equal(journal.last(), null, 'a background prompt does not hide what the last reply got');
    settings.update({ quiet_prompts: true });
    await generate('quiet');
    assert.equal(asked.length, 1);
  });
});

describe('memories that arrive too late', () => {
  test('do not get into a chat that was opened meanwhile', async () => {
    const { generate, context, retriever, injected, journal } = setUp();
    const answer = later();
    retriever.answer = () => answer.promise;
    const generation = generate();
    context.getCurrentChatId = () => 'Mira - day two';
    answer.arrive(ANSWER);
    await generation;
    assert.equal(injected(), '');
    const last = journal.last();
    assert.equal(last?.outcome === 'skipped' && last.reason, 'chat-changed');
  });

  test('do not get into the generation of another character', async () => {
    const { generate, context, retriever, injected } = setUp();
    const answer = later();
    retriever.answer = () => answer.promise;
    const generation = generate();
    context.characterId = 1;
    answer.arrive(ANSWER);
    await generation;
    assert.equal(injected(), '');
  });

  test('do not overwrite those of a newer generation', async () => {
    const { generate, retriever, injected } = setUp();
    const slow = later();
    retriever.answer = () => slow.promise;
    const first = generate();
    retriever.answer = async () => ({ ...ANSWER, block: 'newer' });
    await generate();
    slow.arrive(ANSWER);
    await first;
    assert.equal(injected(), 'newer');
  });

  test('are dropped when the user stops the generation', async () => {
    const { generate, interceptor, retriever, injected } = setUp();
    const answer = later();
    /** @type {AbortSignal|undefined} */
    let seen;
    retriever.answer = (_body, signal) => {
      seen = signal;
      return answer.promise;
    };
    const generation = generate();
    interceptor.cancel();
    assert.equal(seen?.aborted, true);
    answer.arrive(ANSWER);
    await generation;
    assert.equal(injected(), '');
  });
});

describe('a generation goes on as if nothing were installed', () => {
  /** @type {Record<string, Error>} */
  const failures = {
    'when the retriever is down': new RetrieverError('unreachable'),
    'when it is too slow': new RetrieverError('timeout'),
    'when the extension itself is wrong': new TypeError('undefined is not a function'),
  };
  for (const [when, error] of Object.entries(failures)) {
    test(when, async (t) => {
      t.mock.method(console, 'error', () => {});
      const { generate, context, retriever, injected } = setUp();
      retriever.answer = async () => { throw error; };
      const before = JSON.stringify(context.chat);
      await generate();
      assert.equal(injected(), '');
      assert.equal(JSON.stringify(context.chat), before);
    });
  }
});

describe('the deadline', () => {
  test('is longer while questions are rewritten', async () => {
    const { generate, settings, asked } = setUp();
    await generate();
    settings.update({ mem0_query_rewrite_enabled: true });
    await generate();
    assert.deepEqual(asked.map(({ deadline_ms }) => deadline_ms), [3000, 10000]);
  });

  test('is short while the retriever does not answer at all, and full again once it does', async () => {
    const { generate, retriever, asked } = setUp();
    retriever.answer = async () => { throw new RetrieverError('timeout'); };
    await generate();
    retriever.answer = async () => ANSWER;
    await generate();
    await generate();
    assert.deepEqual(asked.map(({ deadline_ms }) => deadline_ms), [3000, 750, 3000]);
  });
});

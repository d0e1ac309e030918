import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { createInjection, moveToFirstSystemMessage } from '../extension/injection.js';
import { DEFAULTS } from '../extension/settings.js';
import { fakeContext } from './context.js';

const BLOCK = 'Relevant long-term memory:\n- Ilse lives in Tromso.';

/** @param {Partial<import('../extension/settings.js').Settings>} [change] */
function settings(change) {
  return { ...DEFAULTS, ...change };
}

/** @param {...[string, string]} messages */
function prompt(...messages) {
  return messages.map(([role, content]) => ({ role, content }));
}

describe('memories in the first system message', () => {
  test('are appended to it and leave no message of their own', () => {
    const { getContext, prompts } = fakeContext();
    const injection = createInjection(getContext);
    injection.inject(BLOCK, settings());
    const chat = prompt(['system', 'Main.'], ['system', prompts.tavern_mem0.value], ['user', 'Hi']);

    injection.onPromptReady({ chat, dryRun: false });

    assert.deepEqual(chat, prompt(['system', `Main.\n\n${BLOCK}`], ['user', 'Hi']));
  });

  test('are reserved in the token budget as a system prompt', () => {
    const { getContext, prompts } = fakeContext();
    createInjection(getContext).inject(BLOCK, settings({ role: 2, depth: 9 }));
    assert.deepEqual(prompts.tavern_mem0, { value: BLOCK, position: 0, depth: 0, role: 0 });
  });

  test('are found where SillyTavern squashed the system messages', () => {
    const chat = prompt(['system', `Main.\n${BLOCK}\nScenario.`], ['user', 'Hi']);
    moveToFirstSystemMessage(chat, BLOCK);
    assert.deepEqual(chat, prompt(['system', `Main.\n\nScenario.\n\n${BLOCK}`], ['user', 'Hi']));
  });

  test('are moved from a later system message, even of another role', () => {
    const chat = prompt(['system', 'World.'], ['user', 'Hi'], ['user', `Main.\n${BLOCK}`]);
    moveToFirstSystemMessage(chat, BLOCK);
    assert.deepEqual(chat, prompt(['system', `World.\n\n${BLOCK}`], ['user', 'Hi'], ['user', 'Main.']));
  });

  test('become the first message when the prompt has no other system message', () => {
    const chat = prompt(['system', BLOCK], ['user', 'Hi']);
    moveToFirstSystemMessage(chat, BLOCK);
    assert.deepEqual(chat, prompt(['system', BLOCK], ['user', 'Hi']));
  });

  test('join a first system message that is made of parts', () => {
    const chat = [{ role: 'system', content: [{ type: 'text', text: 'Main.' }] }, { role: 'system', content: BLOCK }];
    moveToFirstSystemMessage(chat, BLOCK);
    assert.deepEqual(chat, [
      { role: 'system', content: [{ type: 'text', text: 'Main.' }, { type: 'text', text: BLOCK }] },
    ]);
  });

  test('keep what looks like a replacement pattern', () => {
    const block = 'Costs $& and $1';
    const chat = prompt(['system', 'Main.'], ['system', block]);
    moveToFirstSystemMessage(chat, block);
    assert.equal(chat[0].content, `Main.\n\n${block}`);
  });

  test('are recognised after SillyTavern expanded <USER> in them', () => {
    const { getContext } = fakeContext();
    const injection = createInjection(getContext);
    injection.inject('<USER> likes tea.', settings());
    const chat = prompt(['system', 'Main.'], ['system', 'Robin likes tea.']);
    injection.onPromptReady({ chat, dryRun: false });
    assert.deepEqual(chat, prompt(['system', 'Main.\n\nRobin likes tea.']));
  });
});

describe('a prompt that is not the generation\'s', () => {
  for (const [what, event] of Object.entries({
    'a dry run': { chat: prompt(['system', 'Main.'], ['system', BLOCK]), dryRun: true },
    'a raw prompt of another extension': { chat: prompt(['system', 'Summarise.'], ['user', 'Hi']), dryRun: false },
  })) {
    test(`stays as it is: ${what}`, () => {
      const injection = createInjection(fakeContext().getContext);
      injection.inject(BLOCK, settings());
      const before = structuredClone(event.chat);
      injection.onPromptReady(event);
      assert.deepEqual(event.chat, before);
    });
  }
});

describe('memories as a prompt block', () => {
  for (const [position, expected] of Object.entries({
    before: { position: 2, depth: 0, role: 1 },
    after: { position: 0, depth: 0, role: 1 },
    chat: { position: 1, depth: 7, role: 1 },
  })) {
    test(`stay where the user put them: ${position}`, () => {
      const { getContext, prompts } = fakeContext();
      const injection = createInjection(getContext);
      injection.inject(BLOCK, settings({ position: /** @type {any} */ (position), depth: 7, role: 1 }));
      assert.deepEqual(prompts.tavern_mem0, { value: BLOCK, ...expected });

      const chat = prompt(['system', 'Main.'], ['system', BLOCK]);
      injection.onPromptReady({ chat, dryRun: false });
      assert.deepEqual(chat, prompt(['system', 'Main.'], ['system', BLOCK]));
    });
  }
});

describe('memory text', () => {
  test('is never expanded as a macro', () => {
    const { getContext, injected } = fakeContext();
    createInjection(getContext).inject('She wrote {{setvar::a::b}} and {{{x}}}.', settings());
    assert.equal(injected(), 'She wrote { {setvar::a::b}} and { { {x}}}.');
    assert.ok(!injected().includes('{{'));
  });

  test('is gone after clearing', () => {
    const { getContext, injected } = fakeContext();
    const injection = createInjection(getContext);
    injection.inject(BLOCK, settings());
    injection.clear();
    assert.equal(injected(), '');
    const chat = prompt(['system', 'Main.'], ['user', `You told me: ${BLOCK}`]);
    injection.onPromptReady({ chat, dryRun: false });
    assert.equal(chat[1].content, `You told me: ${BLOCK}`);
  });
});

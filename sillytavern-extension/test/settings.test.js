import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { createSettings, DEFAULTS, validSettings } from '../extension/settings.js';
import { fakeContext } from './context.js';

describe('settings', () => {
  test('are the defaults when nothing was stored', () => {
    assert.deepEqual(validSettings(undefined), { ...DEFAULTS });
  });

  test('keep what was stored and fill in what is new', () => {
    assert.deepEqual(validSettings({ limit: 3 }), { ...DEFAULTS, limit: 3 });
  });

  test('replace values of a wrong type or outside their choices by the default', () => {
    const valid = validSettings({ limit: 'many', position: 'upside down', enabled: 'yes', depth: NaN });
    assert.deepEqual(valid, { ...DEFAULTS });
  });

  test('bring numbers into their bounds', () => {
    const valid = validSettings({ limit: 0, max_chars: 1e9, deadline_ms: -1, depth: 2.4 });
    assert.deepEqual([valid.limit, valid.max_chars, valid.deadline_ms, valid.depth], [1, 20000, 200, 2]);
  });

  test('drop keys that this version does not know', () => {
    assert.ok(!('colour' in validSettings({ colour: 'red' })));
  });

  test('are stored under the names that the request uses for rewriting', () => {
    const { context, getContext, saves } = fakeContext();
    createSettings(getContext).update({ mem0_query_rewrite_enabled: true, mem0_query_rewrite_prompt: 'Say it.' });
    const stored = /** @type {any} */ (context.extensionSettings.tavern_mem0);
    assert.equal(stored.mem0_query_rewrite_enabled, true);
    assert.equal(stored.mem0_query_rewrite_prompt, 'Say it.');
    assert.equal(saves.settings, 1);
  });

  test('a pause belongs to one chat and is saved with it', async () => {
    const { context, getContext, saves } = fakeContext();
    const settings = createSettings(getContext);
    await settings.setPaused(true);
    assert.equal(settings.isPaused(), true);
    assert.equal(saves.metadata, 1);

    context.chatMetadata = { integrity: 'chat-2' };
    assert.equal(settings.isPaused(), false);
  });

  test('ending a pause leaves nothing behind in the chat', async () => {
    const { context, getContext } = fakeContext();
    const settings = createSettings(getContext);
    await settings.setPaused(true);
    await settings.setPaused(false);
    assert.deepEqual(context.chatMetadata, { integrity: 'chat-1' });
  });
});

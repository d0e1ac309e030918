/** The retriever hangs, stops and comes back while a user chats. */

import assert from 'node:assert/strict';
import { describe, test } from 'node:test';

/** @typedef {{world: import('./lib/world.js').World, user: import('./lib/browser.js').Tavern}} Scene */

/**
 * @param {() => Scene} get
 * @param {string} question that the character Mira remembers the answer to
 * @param {string} answer
 */
export function describeOutages(get, question, answer) {
  describe('the retriever stops', () => {
    test('the chat goes on, and the user is told once', async (t) => {
      const { world, user } = get();
      if (!world.pipeline.stop) {
        t.skip('the retriever is not ours to stop');
        return;
      }
      await user.openCharacter('Mira');
      await user.newChat();
      await world.pipeline.stop();
      const waited = await replyDelay(get(), question);
      assert.ok(waited < 3500, `the reply waited ${waited} ms, the deadline is 3000 ms`);
      await user.say('Are you there?');
      assert.doesNotMatch(world.model.wholePrompt(), /Relevant long-term memory/);
      const toasts = user.page.locator('.toast-warning', { hasText: 'The chat goes on without memories.' });
      assert.equal(await toasts.count(), 1);
      await user.openSettings();
      assert.match(String(await user.page.textContent('#tavern_mem0_status')), /cannot be reached/);
      await user.closeSettings();
    });

    test('and is back: so are the memories', async (t) => {
      const { world, user } = get();
      if (!world.pipeline.stop) {
        t.skip('the retriever is not ours to stop');
        return;
      }
      await world.pipeline.start();
      await user.newChat();
      await user.say(question);
      assert.match(world.model.firstSystemMessage(), new RegExp(answer));
    });
  });

  describe('the retriever hangs', () => {
    test('and the chat goes on after the deadline; then it works again', async (t) => {
      const { world, user } = get();
      const { hang, goOn } = world.pipeline;
      if (!hang || !goOn) {
        t.skip('the retriever is not ours to stop');
        return;
      }
      await user.openCharacter('Mira');
      await user.newChat();
      await user.change({ deadline_ms: '1000' });
      hang();
      try {
        const waited = await replyDelay(get(), question);
        assert.ok(waited > 900 && waited < 2500, `the reply waited ${waited} ms, the deadline is 1000 ms`);
        assert.doesNotMatch(world.model.wholePrompt(), /Relevant long-term memory/);
        assert.match(await user.command('/mem0-last quiet=true'), /did not answer in time/);
      } finally {
        goOn();
      }
      await user.change({ deadline_ms: '3000' });
      await user.remembers(question, answer);
      await user.swipe();
      assert.match(world.model.firstSystemMessage(), new RegExp(answer));
    });
  });
}

/**
 * Says something; how long after the retriever was asked the model was asked, in milliseconds.
 *
 * @param {Scene} scene
 * @param {string} text
 */
async function replyDelay({ world, user }, text) {
  const before = world.model.requests.length;
  const asking = user.page.waitForRequest('**/api/plugins/tavern-mem0/retrieve');
  const saying = user.say(text);
  await asking;
  const start = Date.now();
  while (world.model.requests.length === before) {
    await user.page.waitForTimeout(20);
  }
  const waited = Date.now() - start;
  await saying;
  return waited;
}

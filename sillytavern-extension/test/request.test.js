import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { currentPlace, expandTemplate, isStillAt, messagesInPrompt, retrieveBody } from '../extension/request.js';
import { DEFAULTS } from '../extension/settings.js';
import { character, fakeContext, promptCopies, user } from './context.js';

const group = { id: 'g1', name: 'Both', members: ['Mira.png', 'Kess of Dale.png'] };

describe('the place of a generation', () => {
  test('names the character by its avatar file, the chat by its integrity and its file', () => {
    const { context } = fakeContext({ characterId: 1 });
    assert.deepEqual(currentPlace(context), {
      agent_id: 'Kess of Dale',
      char_name: 'Kess',
      chat_id: 'chat-1',
      chat_file: 'Mira - day one.jsonl',
      group_id: null,
      group_members: [],
    });
  });

  test('in a group is that of the current speaker, with all members', () => {
    const { context } = fakeContext({ groups: [group], groupId: 'g1', characterId: 1 });
    const place = currentPlace(context);
    assert.equal(place?.agent_id, 'Kess of Dale');
    assert.equal(place?.group_id, 'g1');
    assert.deepEqual(place?.group_members, ['Mira', 'Kess of Dale']);
  });

  test('is unknown without a chat, and in a group where nobody speaks', () => {
    assert.equal(currentPlace(fakeContext({ getCurrentChatId: () => undefined }).context), null);
    assert.equal(currentPlace(fakeContext({ groups: [group], groupId: 'g1', characterId: undefined }).context), null);
  });

  test('has no chat id in the first chat of a new group', () => {
    assert.equal(currentPlace(fakeContext({ chatMetadata: {} }).context)?.chat_id, null);
  });

  test('is left when another chat, group or speaker takes over', () => {
    const { context } = fakeContext();
    const place = currentPlace(context);
    assert.ok(place);
    assert.ok(isStillAt(place, context));
    assert.ok(!isStillAt(place, { ...context, getCurrentChatId: () => 'Mira - day two' }));
    assert.ok(!isStillAt(place, { ...context, characterId: 1 }));
    assert.ok(!isStillAt(place, { ...context, groups: [group], groupId: 'g1' }));
  });
});

describe('the messages of a request', () => {
  test('are those in the prompt, with the text of the chat file', () => {
    const chat = [character('Hello.'), user('What is *this*?'), user('secret', { is_system: true })];
    const { context } = fakeContext({ chat });
    const copies = promptCopies(context, (text) => text.replaceAll('*', ''));
    assert.deepEqual(messagesInPrompt(copies, context), [
      { role: 'assistant', content: 'Hello.', name: 'Mira' },
      { role: 'user', content: 'What is *this*?', name: 'Robin' },
    ]);
  });

  test('of a swipe end before the reply that is swiped away', () => {
    const { context } = fakeContext({ chat: [user('Hi'), character('first try')] });
    const copies = promptCopies(context).slice(0, -1);
    assert.deepEqual(messagesInPrompt(copies, context).map(({ content }) => content), ['Hi']);
  });

  test('leave out tool calls and what other extensions hide from the prompt', () => {
    const toolCall = { name: 'System', mes: '<b>dice</b>', is_system: true, extra: { tool_invocations: [{}] } };
    const { context } = fakeContext({
      chat: [user('Roll!'), toolCall, character('old'), user('And?')],
      isToolCallingSupported: () => true,
    });
    const copies = context.chat.map((message, index) => ({ ...message, index }));
    copies[2].extra = { [context.symbols.ignore]: true };
    assert.deepEqual(messagesInPrompt(copies, context).map(({ content }) => content), ['Roll!', 'And?']);
  });

  test('keep their own text where an extension moved messages about or put in its own', () => {
    const { context } = fakeContext({ chat: [user('one'), user('two')] });
    const copies = promptCopies(context);
    const inserted = { name: 'Note', is_user: true, mes: 'inserted' };
    assert.deepEqual(
      messagesInPrompt([copies[1], inserted, { ...copies[0], send_date: 'other', mes: 'replaced' }], context)
        .map(({ content }) => content),
      ['two', 'inserted', 'replaced'],
    );
  });

  test('a narrator is neither the user nor the character', () => {
    const { context } = fakeContext({ chat: [character('Rain.', { extra: { type: 'narrator' } })] });
    assert.equal(messagesInPrompt(promptCopies(context), context)[0].role, 'system');
  });

  test('that no longer fit into the prompt are not sent, so that they can be remembered', () => {
    const chat = [user('a'), user('hidden', { is_system: true }), user('b'), user('c')];
    const { context } = fakeContext({ chat, chatMetadata: { lastInContextMessageId: 2 } });
    assert.deepEqual(messagesInPrompt(promptCopies(context), context).map(({ content }) => content), ['b', 'c']);
  });

  test('are bounded in number and length, the latest win', () => {
    const many = Array.from({ length: 500 }, (_, index) => user(`message ${index}`));
    const long = [user('x'.repeat(300_000)), user('y'.repeat(300_000))];
    const { context: first } = fakeContext({ chat: many });
    const { context: second } = fakeContext({ chat: long });
    const sent = messagesInPrompt(promptCopies(first), first);
    assert.equal(sent.length, 200);
    assert.equal(sent.at(-1)?.content, 'message 499');
    assert.deepEqual(messagesInPrompt(promptCopies(second), second).map(({ content }) => content[0]), ['y']);
  });
});

describe('a request', () => {
  /** @param {Partial<import('../extension/settings.js').Settings>} change */
  function bodyWith(change, contextSize = 8000) {
    const { context } = fakeContext({ chat: [user('Hi')] });
    const place = currentPlace(context);
    assert.ok(place);
    return retrieveBody({
      context, place, settings: { ...DEFAULTS, ...change }, promptMessages: promptCopies(context), contextSize,
      deadlineMs: 3000,
    });
  }

  test('carries the settings of the panel', () => {
    const body = bodyWith({ limit: 2, include_context: false, mem0_query_rewrite_enabled: true });
    assert.equal(body.limit, 2);
    assert.equal(body.include_context, false);
    assert.equal(body.mem0_query_rewrite_enabled, true);
    assert.equal(body.user_name, 'Robin');
    assert.equal(body.deadline_ms, 3000);
  });

  test('leaves the rewrite prompt to the retriever when it was emptied', () => {
    assert.equal(bodyWith({ mem0_query_rewrite_prompt: '  ' }).mem0_query_rewrite_prompt, null);
  });

  test('never asks for more than a third of a small context', () => {
    assert.equal(bodyWith({ max_chars: 5000 }, 3000).max_chars, 1000);
    assert.equal(bodyWith({ max_chars: 500 }, 3000).max_chars, 500);
    assert.equal(bodyWith({ max_chars: 500 }, 0).max_chars, 500);
  });

  test('has the template with its macros expanded, save {{text}}', () => {
    const { context } = fakeContext();
    assert.equal(expandTemplate('{{char}} recalls:\n{{text}}', context), 'Mira recalls:\n{{text}}');
    assert.equal(expandTemplate('{{char}} recalls', context), 'Mira recalls\n{{text}}');
    assert.equal(expandTemplate('', context), '{{text}}');
    assert.equal(expandTemplate('<m>{{ Text }}</m> {{text}}!', context), '<m>{{text}}</m> !');
  });
});

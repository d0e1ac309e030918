import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { outcomeText, provenance } from '../extension/texts.js';

/** SillyTavern's `t`, in English. @type {STContext['t']} */
const t = (strings, ...values) => String.raw({ raw: strings }, ...values);

describe('what is said about a memory', () => {
  const memory = {
    id: '1', text: 'Ilse lives in Tromso.', score: 0.512, stage: 2, agent_id: 'group:17',
    source: { chat_file: 'Mira - day one.jsonl', sent_at: '2023-06-19T12:00:00Z' },
    created_at: '2026-11-25T12:00:00Z', updated_at: '2026-11-25T12:00:00Z',
  };

  test('is its chat, the day it was said (not the day it was written down), its score and its query', () => {
    assert.deepEqual(provenance(t, memory), [
      'from chat "Mira - day one"', 'in a group', new Date('2023-06-19T12:00:00Z').toLocaleDateString(),
      'score 0.51', 'found by the recent conversation',
    ]);
  });

  test('is when it was written down where nobody knows when it was said', () => {
    const ofAnotherProgram = { ...memory, source: { sent_at: null } };
    assert.ok(provenance(t, ofAnotherProgram).includes(new Date('2026-11-25T12:00:00Z').toLocaleDateString()));
  });

  test('is nothing where nothing is known', () => {
    assert.deepEqual(provenance(t, { id: '1', text: 'Hm.', score: null }), []);
  });
});

describe('what is said about a generation', () => {
  const generation = { at: new Date(0), type: 'normal', char_name: 'Mira', agent_id: 'Mira', chat_file: 'a.jsonl' };
  const answer = { memories: [], block: '', query: null, applied: false, degraded: null };

  for (const [what, record, text] of /** @type {[string, any, string][]} */ ([
    ['one memory', { answer: { ...answer, memories: [{}], block: 'x' } }, '1 memory in the prompt'],
    ['several memories', { answer: { ...answer, memories: [{}, {}], block: 'x' } }, '2 memories in the prompt'],
    ['no memory', { answer }, 'Nothing relevant is remembered.'],
    ['a mem0 that is down', { answer: { ...answer, degraded: 'circuit_open' } }, 'The memory store (mem0) is down.'],
  ])) {
    test(`is why: ${what}`, () => {
      assert.equal(outcomeText(t, { ...generation, outcome: 'answered', elapsed_ms: 5, ...record }), text);
    });
  }
});

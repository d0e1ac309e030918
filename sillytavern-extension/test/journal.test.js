import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { createJournal } from '../extension/journal.js';

const generation = { at: new Date(0), type: 'normal', char_name: 'Mira', agent_id: 'Mira', chat_file: 'a.jsonl' };

/** @param {Partial<import('../extension/client.js').RetrieveAnswer>} [change] */
function answered(change) {
  const answer = { memories: [], block: '', query: null, applied: false, degraded: null, ...change };
  return /** @type {const} */ ({ ...generation, outcome: 'answered', answer, elapsed_ms: 5 });
}

/** @param {import('../extension/client.js').FailureKind} kind */
function failed(kind) {
  return /** @type {const} */ ({ ...generation, outcome: 'failed', kind, detail: '', elapsed_ms: 5 });
}

function journalWithClock() {
  const clock = { now: 1_000_000 };
  /** @type {string[]} */
  const warnings = [];
  const journal = createJournal({ warn: ({ kind }) => warnings.push(kind), now: () => clock.now });
  return { journal, warnings, clock };
}

describe('an outage', () => {
  test('is told once, however many generations it lasts', () => {
    const { journal, warnings } = journalWithClock();
    journal.add(failed('unreachable'));
    journal.add(failed('unreachable'));
    journal.add(failed('timeout'));
    assert.deepEqual(warnings, ['unreachable']);
    assert.equal(journal.outage()?.kind, 'timeout');
  });

  test('ends with the next answer, and a later one is told again', () => {
    const { journal, warnings, clock } = journalWithClock();
    journal.add(failed('unreachable'));
    journal.add(answered());
    assert.equal(journal.outage(), null);
    clock.now += 10 * 60_000;
    journal.add(failed('timeout'));
    assert.deepEqual(warnings, ['unreachable', 'timeout']);
  });

  test('that comes and goes does not fill the screen', () => {
    const { journal, warnings, clock } = journalWithClock();
    for (let i = 0; i < 10; i++) {
      journal.add(failed('unreachable'));
      journal.add(answered());
      clock.now += 20_000;
    }
    assert.equal(warnings.length, 1);
  });

  test('is also a memory store that cannot be searched', () => {
    const { journal, warnings } = journalWithClock();
    journal.add(answered({ degraded: 'mem0 is down' }));
    assert.deepEqual(warnings, ['degraded']);
    assert.equal(journal.outage()?.detail, 'mem0 is down');
  });

  test('is not a degraded answer that still brought memories', () => {
    const { journal, warnings } = journalWithClock();
    journal.add(answered({ degraded: 'rewrite failed', memories: [{ id: '1', text: 'x', score: 1 }] }));
    assert.deepEqual(warnings, []);
  });

  test('is not changed by a generation that was skipped', () => {
    const { journal } = journalWithClock();
    journal.add(failed('timeout'));
    journal.add({ ...generation, outcome: 'skipped', reason: 'paused' });
    assert.equal(journal.outage()?.kind, 'timeout');
  });
});

describe('the journal', () => {
  test('keeps the latest ten records, newest first', () => {
    const { journal } = journalWithClock();
    for (let i = 0; i < 12; i++) {
      journal.add({ ...answered(), elapsed_ms: i });
    }
    const times = journal.records().map((record) => 'elapsed_ms' in record && record.elapsed_ms);
    assert.deepEqual(times, [11, 10, 9, 8, 7, 6, 5, 4, 3, 2]);
  });

  test('tells its listeners of changes until they leave', () => {
    const { journal } = journalWithClock();
    let changes = 0;
    const leave = journal.onChange(() => changes++);
    journal.add(answered());
    journal.allIsWell();
    leave();
    journal.add(answered());
    assert.equal(changes, 2);
  });
});

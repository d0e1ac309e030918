/**
 * What memory did for the latest generations of this browser tab, and whether there is an outage.
 * Nothing is stored: it is for the panel, the status line and the slash commands.
 */

const KEPT_RECORDS = 10;

/** A flapping retriever must not fill the screen. */
const TOAST_INTERVAL_MS = 5 * 60_000;

/**
 * @typedef {import('./client.js').FailureKind} FailureKind
 *
 * @typedef {object} Generation which generation a record is about
 * @property {Date} at
 * @property {string} type normal, swipe, regenerate, continue, impersonate, quiet
 * @property {string} char_name
 * @property {string} agent_id
 * @property {string} chat_file
 *
 * @typedef {'paused'|'no-messages'|'chat-changed'|'cancelled'} SkipReason
 *
 * @typedef {{outcome: 'answered', answer: import('./client.js').RetrieveAnswer, elapsed_ms: number}} Answered
 *   the block was injected, unless it is empty
 * @typedef {{outcome: 'skipped', reason: SkipReason}} Skipped
 * @typedef {{outcome: 'failed', kind: FailureKind, detail: string, elapsed_ms: number}} Failed
 * @typedef {Generation & (Answered|Skipped|Failed)} JournalRecord
 *
 * @typedef {{since: Date, kind: FailureKind, detail: string}} Outage
 */

/**
 * @param {object} dependencies
 * @param {(outage: Outage) => void} dependencies.warn tells the user that an outage began
 * @param {() => number} [dependencies.now]
 */
export function createJournal({ warn, now = Date.now }) {
  /** @type {JournalRecord[]} newest first */
  let records = [];
  /** @type {Outage|null} */
  let outage = null;
  let lastWarning = Number.NEGATIVE_INFINITY;
  /** @type {Set<() => void>} */
  const listeners = new Set();

  /**
   * @param {Outage['kind']} kind
   * @param {string} detail
   */
  function outageGoesOn(kind, detail) {
    const isNew = outage === null;
    outage = { since: outage?.since ?? new Date(now()), kind, detail };
    if (isNew && now() - lastWarning >= TOAST_INTERVAL_MS) {
      lastWarning = now();
      warn(outage);
    }
  }

  return {
    /** @param {JournalRecord} record */
    add(record) {
      records = [record, ...records].slice(0, KEPT_RECORDS);
      if (record.outcome === 'failed') {
        outageGoesOn(record.kind, record.detail);
      } else if (record.outcome === 'answered') {
        const { degraded, memories } = record.answer;
        if (degraded && memories.length === 0) {
          outageGoesOn('degraded', degraded);
        } else {
          outage = null;
        }
      }
      listeners.forEach((listener) => listener());
    },

    /** A connection test found everything in order. */
    allIsWell() {
      outage = null;
      listeners.forEach((listener) => listener());
    },

    records: () => records,
    last: () => records.at(0) ?? null,
    outage: () => outage,

    /**
     * @param {() => void} listener called after each change
     * @returns {() => void} stops it
     */
    onChange(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
  };
}

/** @typedef {ReturnType<typeof createJournal>} Journal */

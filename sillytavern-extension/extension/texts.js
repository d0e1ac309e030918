/** What the extension says to people, in their language: all functions take SillyTavern's "t". */

/**
 * @typedef {STContext['t']} T
 * @typedef {import('./client.js').FailureKind} Trouble
 */

/**
 * @param {T} t
 * @param {Trouble} kind
 * @param {string} detail
 * @returns {string}
 */
export function troubleText(t, kind, detail) {
  switch (kind) {
    case 'plugin-missing':
      return t`The server plugin of tavern-mem0 is not loaded. Put it into SillyTavern's plugins folder, set enableServerPlugins to true in config.yaml and restart SillyTavern.`;
    case 'unreachable':
      return t`The retriever cannot be reached.`;
    case 'unreachable-directly':
      return t`The browser cannot reach the retriever at its URL, or the retriever does not allow this page (tavern.access.origins).`;
    case 'timeout':
      return t`The retriever did not answer in time.`;
    case 'unauthorized':
      return t`The retriever refused the API key. It is set in the server plugin's configuration.`;
    case 'down':
      return t`The retriever runs but is not ready: ${detail}`;
    case 'rejected':
      return t`The retriever refused the request: ${detail}`;
    case 'bad-answer':
      return t`What answered is not a retriever: ${detail}`;
    case 'degraded':
      return degradedText(t, detail);
    case 'cancelled':
      return t`Stopped before the memories arrived.`;
  }
}

/**
 * Why the retriever found less than it could: the codes of its answers.
 *
 * @param {T} t
 * @param {string} code
 */
function degradedText(t, code) {
  switch (code) {
    case 'mem0_disabled':
      return t`Memory is switched off in the retriever (mem0.enabled).`;
    case 'mem0_unavailable':
    case 'circuit_open':
      return t`The memory store (mem0) is down.`;
    case 'mem0_timeout':
      return t`The memory store (mem0) did not answer in time.`;
    case 'mem0_auth':
      return t`The memory store (mem0) refused the retriever's API key.`;
    case 'rewrite_not_configured':
      return t`Nothing found. Semantic rewrite is on, but the retriever has no model for it.`;
    case 'rewrite_timeout':
    case 'rewrite_failed':
      return t`Nothing found, and the question could not be rewritten: ${code}`;
    default:
      return t`The memory store could not be searched: ${code}`;
  }
}

/**
 * One line on what memory did for a generation.
 *
 * @param {T} t
 * @param {import('./journal.js').JournalRecord} record
 * @returns {string}
 */
export function outcomeText(t, record) {
  switch (record.outcome) {
    case 'failed':
      return troubleText(t, record.kind, record.detail);
    case 'skipped':
      return skipText(t, record.reason);
    case 'answered': {
      const { memories, block, degraded } = record.answer;
      if (block) {
        return memories.length === 1
          ? t`1 memory in the prompt`
          : t`${memories.length} memories in the prompt`;
      }
      return degraded ? troubleText(t, 'degraded', degraded) : t`Nothing relevant is remembered.`;
    }
  }
}

/**
 * @param {T} t
 * @param {import('./journal.js').SkipReason} reason
 */
function skipText(t, reason) {
  switch (reason) {
    case 'paused':
      return t`Memory is paused for this chat.`;
    case 'no-messages':
      return t`Nothing was said yet.`;
    case 'chat-changed':
      return t`Another chat was opened before the memories arrived.`;
    case 'cancelled':
      return t`Stopped before the memories arrived.`;
  }
}

/**
 * @param {T} t
 * @param {string} type of the generation
 */
export function typeText(t, type) {
  switch (type) {
    case 'normal':
      return t`reply`;
    case 'swipe':
      return t`swipe`;
    case 'regenerate':
      return t`regenerate`;
    case 'continue':
      return t`continue`;
    case 'impersonate':
      return t`impersonate`;
    default:
      return type;
  }
}

/**
 * @param {T} t
 * @param {number|undefined} stage
 */
export function stageText(t, stage) {
  switch (stage) {
    case 1:
      return t`your last message`;
    case 2:
      return t`the recent conversation`;
    case 3:
      return t`the rewritten question`;
    default:
      return '';
  }
}

/**
 * What is known about a memory: where and when it was said, how well it fits.
 *
 * @param {T} t
 * @param {import('./client.js').Memory} memory
 * @returns {string[]}
 */
export function provenance(t, memory) {
  const facts = [];
  const chatFile = memory.source?.chat_file;
  if (chatFile) {
    const chat = chatFile.replace(/\.jsonl$/, '');
    facts.push(t`from chat "${chat}"`);
  }
  if (memory.agent_id?.startsWith('group:')) {
    facts.push(t`in a group`);
  }
  const when = memory.source?.sent_at ?? memory.updated_at ?? memory.created_at;
  if (when && !Number.isNaN(Date.parse(when))) {
    facts.push(new Date(when).toLocaleDateString());
  }
  if (typeof memory.score === 'number') {
    facts.push(t`score ${memory.score.toFixed(2)}`);
  }
  const stage = stageText(t, memory.stage);
  if (stage) {
    facts.push(t`found by ${stage}`);
  }
  return facts;
}

/**
 * A record as plain text, for slash commands.
 *
 * @param {T} t
 * @param {import('./journal.js').JournalRecord} record
 */
export function recordText(t, record) {
  const head = `${record.char_name}, ${record.at.toLocaleTimeString()}: ${outcomeText(t, record)}`;
  return record.outcome === 'answered' ? [head, ...memoryLines(record.answer.memories)].join('\n') : head;
}

/** @param {import('./client.js').Memory[]} memories */
export function memoryLines(memories) {
  return memories.map(({ text }) => `- ${text}`);
}

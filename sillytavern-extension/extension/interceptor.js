/**
 * The generation interceptor: asks the retriever for memories before each generation and has them
 * injected. Whatever happens here, the generation goes on; without an answer it is as if the extension
 * were not there.
 */

import { RetrieverError } from './client.js';
import { currentPlace, isStillAt, retrieveBody } from './request.js';

/** While the retriever does not answer at all, a generation waits only this long to see if it is back. */
const OUTAGE_DEADLINE_MS = 750;

/**
 * @param {object} dependencies
 * @param {() => STContext} dependencies.getContext
 * @param {import('./settings.js').SettingsStore} dependencies.settings
 * @param {Pick<import('./client.js').Client, 'retrieve'>} dependencies.client
 * @param {import('./injection.js').Injection} dependencies.injection
 * @param {import('./journal.js').Journal} dependencies.journal
 */
export function createInterceptor({ getContext, settings, client, injection, journal }) {
  /** The call under way; a new one takes its place. @type {AbortController|null} */
  let current = null;

  function cancel() {
    current?.abort();
    current = null;
  }

  /** @param {import('./settings.js').Settings} values */
  function deadline(values) {
    const full = values.mem0_query_rewrite_enabled ? values.rewrite_deadline_ms : values.deadline_ms;
    return journal.outage()?.kind === 'timeout' ? Math.min(full, OUTAGE_DEADLINE_MS) : full;
  }

  /**
   * @param {STMessage[]} promptMessages
   * @param {number} contextSize
   * @param {string} type
   */
  async function injectMemories(promptMessages, contextSize, type) {
    cancel();
    injection.clear();

    const values = settings.get();
    const context = getContext();
    const place = currentPlace(context);
    if (!values.enabled || !place || (type === 'quiet' && !values.quiet_prompts)) {
      return;
    }
    const { char_name, agent_id, chat_file } = place;
    const generation = { at: new Date(), type: type || 'normal', char_name, agent_id, chat_file };
    if (settings.isPaused()) {
      journal.add({ ...generation, outcome: 'skipped', reason: 'paused' });
      return;
    }
    const deadlineMs = deadline(values);
    const body = retrieveBody({
      context, place, settings: values, promptMessages, contextSize, deadlineMs,
    });
    if (body.messages.length === 0) {
      journal.add({ ...generation, outcome: 'skipped', reason: 'no-messages' });
      return;
    }

    const call = new AbortController();
    current = call;
    const start = performance.now();
    const elapsed = () => Math.round(performance.now() - start);
    try {
      const answer = await client.retrieve(body, call.signal);
      if (call.signal.aborted) {
        journal.add({ ...generation, outcome: 'skipped', reason: 'cancelled' });
      } else if (!isStillAt(place, getContext())) {
        journal.add({ ...generation, outcome: 'skipped', reason: 'chat-changed' });
      } else {
        if (answer.block) {
          injection.inject(answer.block, values);
        }
        journal.add({ ...generation, outcome: 'answered', answer, elapsed_ms: elapsed() });
      }
    } catch (error) {
      if (!(error instanceof RetrieverError)) {
        throw error;
      }
      journal.add(
        error.kind === 'cancelled'
          ? { ...generation, outcome: 'skipped', reason: 'cancelled' }
          : {
            ...generation,
            outcome: 'failed',
            kind: error.kind,
            detail: error.detail,
            elapsed_ms: elapsed(),
          },
      );
    } finally {
      if (current === call) {
        current = null;
      }
    }
  }

  return {
    /**
     * SillyTavern's `generate_interceptor`.
     *
     * @param {STMessage[]} chat copies of the messages that the prompt will hold
     * @param {number} contextSize tokens
     * @param {(immediately: boolean) => void} _abort never used: memory does not stop a generation
     * @param {string} type
     */
    async intercept(chat, contextSize, _abort, type) {
      try {
        await injectMemories(chat, contextSize, type);
      } catch (error) {
        console.error('tavern-mem0: no memories for this generation', error);
      }
    },

    /** The user stopped the generation, or left the chat. */
    cancel,
  };
}

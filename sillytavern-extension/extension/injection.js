/**
 * Puts the memories into the prompt and takes them out again.
 *
 * They always go in as one of SillyTavern's extension prompts, so that they count in the token budget,
 * show in the prompt itemization, work on every backend, and are dropped when the chat changes. For
 * the position "inside the first system message" (chat completion), the finished prompt is amended:
 * the block is taken from where SillyTavern put it and appended to the first system message. So the
 * block is found by its text: a prompt that does not hold it is another generation's (a dry run, or a
 * raw prompt of another extension) and is left alone.
 */

const PROMPT_KEY = 'tavern_mem0';

/** SillyTavern's `extension_prompt_types`. */
const POSITIONS = Object.freeze({ system: 0, after: 0, before: 2, chat: 1 });
const ROLE_SYSTEM = 0;

/**
 * @typedef {{type: string, text?: string}} ContentPart
 * @typedef {{role: string, content?: string|ContentPart[]|null}} PromptMessage
 */

/** @param {() => STContext} getContext */
export function createInjection(getContext) {
  /** The block that the next finished prompt should have in its first system message. @type {string|null} */
  let toMove = null;

  return {
    clear() {
      toMove = null;
      getContext().setExtensionPrompt(PROMPT_KEY, '', POSITIONS.after, 0);
    },

    /**
     * @param {string} block
     * @param {Pick<import('./settings.js').Settings, 'position'|'depth'|'role'>} settings
     */
    inject(block, { position, depth, role }) {
      const text = neutralise(block);
      toMove = position === 'system' ? text : null;
      getContext().setExtensionPrompt(
        PROMPT_KEY,
        text,
        POSITIONS[position],
        position === 'chat' ? depth : 0,
        false,
        position === 'system' ? ROLE_SYSTEM : role,
      );
    },

    /**
     * Listener of CHAT_COMPLETION_PROMPT_READY.
     *
     * @param {{chat: PromptMessage[], dryRun: boolean}} prompt
     */
    onPromptReady({ chat, dryRun }) {
      if (toMove && !dryRun && Array.isArray(chat)) {
        // SillyTavern may have expanded what it takes for a macro, such as <USER>.
        moveToFirstSystemMessage(chat, getContext().substituteParams(toMove));
      }
    },
  };
}

/** @typedef {ReturnType<typeof createInjection>} Injection */

/**
 * Memories are data: nothing in them may be expanded as a macro.
 *
 * @param {string} block
 */
export function neutralise(block) {
  return block.replace(/\{(?=\{)/g, '{ ');
}

/**
 * @param {PromptMessage[]} messages changed in place
 * @param {string} block
 */
export function moveToFirstSystemMessage(messages, block) {
  const text = block.trim();
  const holder = messages.find(
    ({ content }) => typeof content === 'string' && content.includes(text),
  );
  if (!holder) {
    return;
  }
  holder.content = String(holder.content).replace(text, '').trim();
  if (!holder.content) {
    messages.splice(messages.indexOf(holder), 1);
  }
  const first = messages.find(({ role }) => role === 'system');
  if (first) {
    first.content = joined(first.content, text);
  } else {
    messages.unshift({ role: 'system', content: text });
  }
}

/**
 * @param {PromptMessage['content']} content
 * @param {string} text
 * @returns {string|ContentPart[]}
 */
function joined(content, text) {
  if (Array.isArray(content)) {
    return [...content, { type: 'text', text }];
  }
  return content ? `${content}\n\n${text}` : text;
}

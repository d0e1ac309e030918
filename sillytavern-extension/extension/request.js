/**
 * What is sent to the retriever for one generation, gathered from SillyTavern. Nothing here waits or
 * changes anything.
 */

/** More than the largest prompts in use hold; bounds the request. */
const MAX_MESSAGES = 200;
const MAX_TOTAL_CHARS = 256_000;

/**
 * @typedef {object} Place the chat that a generation is for, and who speaks
 * @property {string} agent_id the character's key: its avatar file without `.png`
 * @property {string} char_name
 * @property {string|null} chat_id
 * @property {string} chat_file
 * @property {string|null} group_id
 * @property {string[]} group_members keys of the group's members
 *
 * @typedef {{role: 'user'|'assistant'|'system', content: string, name: string}} RequestMessage
 *
 * @typedef {object} RetrieveBody a request of `POST /v1/retrieve`, without the user
 * @property {string} agent_id
 * @property {string} char_name
 * @property {string|null} chat_id
 * @property {string} chat_file
 * @property {string|null} group_id
 * @property {string[]} group_members
 * @property {string} user_name
 * @property {RequestMessage[]} messages
 * @property {boolean} mem0_query_rewrite_enabled
 * @property {string|null} mem0_query_rewrite_prompt
 * @property {number} limit
 * @property {number} max_chars
 * @property {boolean} include_context
 * @property {string} template
 * @property {number} deadline_ms
 */

/** @param {string} avatar `Seraphina.png` */
export function characterKey(avatar) {
  return avatar.replace(/\.[^.]+$/, '');
}

/**
 * The open chat and its speaker, or null when no character can be told: no chat is open, or a group
 * is open and nobody speaks.
 *
 * @param {STContext} context
 * @returns {Place|null}
 */
export function currentPlace(context) {
  const character = context.characters[Number(context.characterId)];
  const chatFile = context.getCurrentChatId();
  if (!character || !chatFile) {
    return null;
  }
  const group = context.groups.find((candidate) => candidate.id === context.groupId);
  return {
    agent_id: characterKey(character.avatar),
    char_name: character.name,
    chat_id: context.chatMetadata.integrity ?? null,
    chat_file: `${chatFile}.jsonl`,
    group_id: context.groupId ?? null,
    group_members: group ? group.members.map(characterKey) : [],
  };
}

/**
 * Whether the place that a request was made for is still the one on screen.
 *
 * @param {Place} place
 * @param {STContext} context
 */
export function isStillAt(place, context) {
  const now = currentPlace(context);
  return (
    now !== null &&
    now.chat_file === place.chat_file &&
    now.group_id === place.group_id &&
    now.agent_id === place.agent_id
  );
}

/**
 * The messages that the prompt will hold, with their text as the chat file has it (interceptors get it
 * after the user's regex scripts, with attachments and reasoning put in).
 *
 * Messages that did not fit into the last prompt of this chat are left out: the retriever does not
 * repeat what the prompt already says, and these it should repeat.
 *
 * @param {STMessage[]} promptMessages what the interceptor was given
 * @param {STContext} context
 * @returns {RequestMessage[]}
 */
export function messagesInPrompt(promptMessages, context) {
  const keepToolCalls = context.isToolCallingSupported();
  const visible = context.chat
    .map((message, position) => ({ message, position }))
    .filter(
      ({ message }) =>
        !message.is_system || (keepToolCalls && Array.isArray(message.extra?.tool_invocations)),
    );
  const firstInContext = Number(context.chatMetadata.lastInContextMessageId ?? 0);

  /** @type {RequestMessage[]} */
  const messages = [];
  let chars = 0;
  for (const copy of [...promptMessages].reverse()) {
    const original = copy.index === undefined ? undefined : visible[copy.index];
    const isSame = original?.message.send_date === copy.send_date;
    const content = original && isSame ? original.message.mes : copy.mes;
    if (copy.is_system || copy.extra?.[context.symbols.ignore] || !content) {
      continue;
    }
    chars += content.length;
    const isCutOff = original !== undefined && original.position < firstInContext;
    if (isCutOff || messages.length === MAX_MESSAGES || (messages.length > 0 && chars > MAX_TOTAL_CHARS)) {
      break;
    }
    messages.unshift({ role: roleOf(copy), content, name: copy.name ?? '' });
  }
  return messages;
}

/**
 * @param {STMessage} message
 * @returns {RequestMessage['role']}
 */
function roleOf(message) {
  if (message.is_user) {
    return 'user';
  }
  return message.extra?.type === 'narrator' ? 'system' : 'assistant';
}

/**
 * The user's template with SillyTavern's macros expanded, except the one `{{text}}`, which the
 * retriever replaces by the memories.
 *
 * @param {string} template
 * @param {STContext} context
 */
export function expandTemplate(template, context) {
  const [before, ...after] = template.split(/\{\{\s*text\s*\}\}/i);
  const heading = context.substituteParams(after.length > 0 ? before : `${before}\n`);
  return `${heading}{{text}}${context.substituteParams(after.join(''))}`.trim();
}

/**
 * @param {object} input
 * @param {STContext} input.context
 * @param {Place} input.place
 * @param {import('./settings.js').Settings} input.settings
 * @param {STMessage[]} input.promptMessages
 * @param {number} input.contextSize tokens that the whole prompt may have
 * @param {number} input.deadlineMs
 * @returns {RetrieveBody}
 */
export function retrieveBody({ context, place, settings, promptMessages, contextSize, deadlineMs }) {
  // A third of the prompt at most, counting one token per character (Chinese): memories that crowd
  // out the mandatory prompts would make SillyTavern drop the whole chat history.
  const maxChars = Math.min(settings.max_chars, Math.floor(contextSize / 3) || settings.max_chars);
  return {
    ...place,
    user_name: context.name1,
    messages: messagesInPrompt(promptMessages, context),
    mem0_query_rewrite_enabled: settings.mem0_query_rewrite_enabled,
    mem0_query_rewrite_prompt: settings.mem0_query_rewrite_prompt.trim() || null,
    limit: settings.limit,
    max_chars: maxChars,
    include_context: settings.include_context,
    template: expandTemplate(settings.template, context),
    deadline_ms: deadlineMs,
  };
}

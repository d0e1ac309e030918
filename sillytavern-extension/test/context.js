/** A SillyTavern context for unit tests: the parts that the extension reads, and what it did to them. */

/**
 * @param {Partial<STContext>} [changes]
 */
export function fakeContext(changes = {}) {
  /** @type {Record<string, {value: string, position: number, depth: number, role: number|undefined}>} */
  const prompts = {};
  const saves = { settings: 0, metadata: 0 };
  const context = /** @type {STContext} */ (/** @type {unknown} */ ({
    chat: [],
    characters: [
      { name: 'Mira', avatar: 'Mira.png' },
      { name: 'Kess', avatar: 'Kess of Dale.png' },
    ],
    groups: [],
    name1: 'Robin',
    name2: 'Mira',
    characterId: 0,
    groupId: null,
    chatMetadata: { integrity: 'chat-1' },
    extensionSettings: {},
    symbols: { ignore: Symbol('ignore') },
    getCurrentChatId: () => 'Mira - day one',
    getRequestHeaders: () => ({ 'Content-Type': 'application/json', 'X-CSRF-Token': 'token' }),
    isToolCallingSupported: () => false,
    saveSettingsDebounced: () => { saves.settings++; },
    saveMetadata: async () => { saves.metadata++; },
    substituteParams: (/** @type {string} */ text) => text.replaceAll('{{char}}', 'Mira').replaceAll('<USER>', 'Robin'),
    setExtensionPrompt(
      /** @type {string} */ key, /** @type {string} */ value, /** @type {number} */ position,
      /** @type {number} */ depth, /** @type {boolean} */ _scan, /** @type {number} */ role,
    ) {
      prompts[key] = { value, position, depth, role };
    },
    ...changes,
  }));
  return { context, getContext: () => context, prompts, saves, injected: () => prompts.tavern_mem0?.value ?? '' };
}

/**
 * @param {string} mes
 * @param {Partial<STMessage>} [more]
 * @returns {STMessage}
 */
export function user(mes, more = {}) {
  return { name: 'Robin', is_user: true, mes, send_date: mes, ...more };
}

/**
 * @param {string} mes
 * @param {Partial<STMessage>} [more]
 * @returns {STMessage}
 */
export function character(mes, more = {}) {
  return { name: 'Mira', is_user: false, mes, send_date: mes, ...more };
}

/**
 * What SillyTavern hands to interceptors: copies of the visible messages, numbered.
 *
 * @param {STContext} context
 * @param {(text: string) => string} [asPrompt] what the user's regex scripts do
 */
export function promptCopies(context, asPrompt = (text) => text) {
  return context.chat
    .filter((message) => !message.is_system)
    .map((message, index) => ({ ...message, mes: asPrompt(message.mes), index }));
}

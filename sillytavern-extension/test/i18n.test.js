import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { textsShown, translations } from './catalogue.js';

/** In these, SillyTavern has its own translation, which an extension cannot replace. */
const OF_SILLYTAVERN = new Set([
  'Enabled', 'Injection Template', 'Injection Position', 'Before Main Prompt / Story String',
  'After Main Prompt / Story String', 'In-chat @ Depth', 'as', 'System', 'User', 'Assistant',
  'How many messages before the current end of the chat.',
]);

/** @param {string} text */
const placeholders = (text) => [...text.matchAll(/\$?\{+\w+\}+/g)].map(([found]) => found).sort();

for (const locale of ['zh-cn', 'zh-tw']) {
  describe(`the translation to ${locale}`, () => {
    const translated = translations(locale);
    const shown = textsShown();

    test('has every text that the extension shows', () => {
      const missing = [...shown].filter((key) => !(key in translated) && !OF_SILLYTAVERN.has(key));
      assert.deepEqual(missing, []);
    });

    test('has nothing else', () => {
      assert.deepEqual(Object.keys(translated).filter((key) => !shown.has(key)), []);
    });

    test('keeps the placeholders', () => {
      for (const [key, text] of Object.entries(translated)) {
        if (key !== 'tavern_mem0_template_placeholder') {
          assert.deepEqual(placeholders(text), placeholders(key), key);
        }
      }
    });
  });
}

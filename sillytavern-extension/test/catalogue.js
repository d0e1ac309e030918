/** Finds every text that the extension shows: `t` templates in code, `data-i18n` in templates. */

import fs from 'node:fs';

const EXTENSION = new URL('../extension/', import.meta.url);

/** @returns {Set<string>} translation keys, as SillyTavern makes them */
export function textsShown() {
  const keys = new Set();
  for (const name of fs.readdirSync(EXTENSION)) {
    const source = name.includes('.') ? fs.readFileSync(new URL(name, EXTENSION), 'utf8') : '';
    if (name.endsWith('.js')) {
      for (const [, template] of source.matchAll(/(?<![\w.])t`([^`]*)`/g)) {
        let index = 0;
        keys.add(template.replace(/\$\{[^}]*\}/g, () => `\${${index++}}`));
      }
    } else if (name.endsWith('.html')) {
      for (const [, attribute] of source.matchAll(/data-i18n="([^"]*)"/g)) {
        attribute.split(';').forEach((key) => keys.add(key.replace(/^\[\S+?\]/, '')));
      }
    }
  }
  return keys;
}

/**
 * @param {string} locale
 * @returns {Record<string, string>}
 */
export function translations(locale) {
  return JSON.parse(fs.readFileSync(new URL(`i18n/${locale}.json`, EXTENSION), 'utf8'));
}

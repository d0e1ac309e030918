/** SillyTavern in headless Chromium, driven as a user drives it. */

import fs from 'node:fs';
import { chromium } from 'playwright-core';

const CANDIDATES = [process.env.CHROMIUM, '/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome'];

/** @returns {string|undefined} */
export function findChromium() {
  return CANDIDATES.find((candidate) => candidate && fs.existsSync(candidate));
}

export function launch() {
  return chromium.launch({
    executablePath: findChromium(),
    args: [
      '--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-background-networking',
      '--disable-component-update', '--disable-sync', '--disable-dev-shm-usage',
    ],
  });
}

/**
 * @param {import('playwright-core').Browser} browser
 * @param {string} url
 * @param {object} [options]
 * @param {string} [options.locale]
 * @param {{width: number, height: number}} [options.viewport]
 */
export async function openTavern(browser, url, { locale = 'en', viewport = { width: 1280, height: 900 } } = {}) {
  const context = await browser.newContext({ locale, viewport });
  await context.addInitScript((language) => localStorage.setItem('language', language), locale);
  const page = await context.newPage();
  /** @type {string[]} */
  const errors = [];
  page.on('pageerror', (error) => errors.push(String(error)));
  page.on('console', (message) => {
    if (message.type() === 'error' && message.text().includes('mem0')) {
      errors.push(message.text());
    }
  });
  await page.goto(url);
  await page.waitForFunction(() =>
    !document.querySelector('#preloader')
    && window.SillyTavern?.getContext().onlineStatus !== 'no_connection'
    && document.querySelector('#tavern_mem0_settings'), null, { timeout: 60_000 });
  return tavern(page, errors);
}

/**
 * @param {import('playwright-core').Page} page
 * @param {string[]} errors
 */
function tavern(page, errors) {
  const chatLength = () => page.evaluate(() => SillyTavern.getContext().chat.length);

  async function idle() {
    await page.waitForFunction(() => {
      const stop = /** @type {HTMLElement} */ (document.querySelector('#mes_stop'));
      return getComputedStyle(stop).display === 'none' && !document.body.dataset.generating;
    });
  }

  /** @param {string} line */
  async function command(line) {
    return page.evaluate(async (text) => {
      const result = await SillyTavern.getContext().executeSlashCommandsWithOptions(text);
      return String(result.pipe);
    }, line);
  }

  return {
    page,
    errors,
    command,
    idle,
    chatLength,

    /** Opens the chat of a character. @param {string} name */
    async openCharacter(name) {
      await page.evaluate(async (wanted) => {
        const context = SillyTavern.getContext();
        const index = context.characters.findIndex(({ name: each }) => each === wanted);
        await context.selectCharacterById(index);
      }, name);
      await page.waitForFunction((wanted) => SillyTavern.getContext().name2 === wanted, name);
    },

    /** Opens a group by a click on it. @param {string} name */
    async openGroup(name) {
      await page.evaluate((wanted) => {
        const rows = [...document.querySelectorAll('#rm_print_characters_block .group_select')];
        const row = rows.find((each) => each.querySelector('.ch_name')?.textContent === wanted);
        /** @type {HTMLElement} */ (row).click();
      }, name);
      await page.waitForFunction((wanted) => {
        const { groups, groupId } = SillyTavern.getContext();
        return groups.find(({ id }) => id === groupId)?.name === wanted;
      }, name);
    },

    async newChat() {
      const before = await page.evaluate(() => SillyTavern.getContext().getCurrentChatId());
      await command('/newchat');
      await page.waitForFunction((old) => SillyTavern.getContext().getCurrentChatId() !== old, before);
    },

    /** Sends a message and waits for the replies. @param {string} text @param {number} [replies] */
    async say(text, replies = 1) {
      const before = await chatLength();
      await page.fill('#send_textarea', text);
      // SillyTavern ignores the button for a moment after a reply; a user clicks again.
      while ((await page.inputValue('#send_textarea')) !== '') {
        await page.click('#send_but');
        await page.waitForTimeout(100);
      }
      await page.waitForFunction(
        (length) => SillyTavern.getContext().chat.length >= length, before + 1 + replies, { timeout: 30_000 });
      await idle();
    },

    async swipe() {
      const count = () => page.evaluate(() => SillyTavern.getContext().chat.at(-1)?.swipes?.length ?? 1);
      const before = await count();
      await page.locator('#chat .mes.last_mes .swipe_right').click();
      while ((await count()) === before) {
        await page.waitForTimeout(100);
      }
      await idle();
    },

    /** The extension's drawer in the extensions panel. */
    async openSettings() {
      const panel = page.locator('#tavern_mem0_settings .inline-drawer-content');
      if (!(await page.locator('#rm_extensions_block').isVisible())) {
        await page.click('#extensions-settings-button .drawer-toggle');
      }
      if (!(await panel.isVisible())) {
        await page.locator('#tavern_mem0_settings .inline-drawer-toggle').click();
      }
      await panel.waitFor({ state: 'visible' });
    },

    async closeSettings() {
      if (await page.locator('#rm_extensions_block').isVisible()) {
        await page.click('#extensions-settings-button .drawer-toggle');
      }
    },
  };
}

/** @typedef {ReturnType<typeof tavern>} Tavern */

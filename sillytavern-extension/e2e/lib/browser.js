/** SillyTavern in headless Chromium, driven as a user drives it. */

import fs from 'node:fs';
import { chromium } from 'playwright-core';

const CANDIDATES = [process.env.CHROMIUM, '/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome'];

/** A name that this browser takes for this machine, as after DNS rebinding. */
export const REBOUND_HOST = 'rebound.test';

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
      `--host-resolver-rules=MAP ${REBOUND_HOST} 127.0.0.1`,
    ],
  });
}

/**
 * @param {import('playwright-core').Browser} browser
 * @param {string} url
 * @param {object} [options]
 * @param {string} [options.locale]
 * @param {{width: number, height: number}} [options.viewport]
 * @param {Date} [options.day] what the browser takes for now
 */
export async function openTavern(
  browser, url, { locale = 'en', viewport = { width: 1280, height: 900 }, day } = {},
) {
  const context = await browser.newContext({ locale, viewport });
  if (day) {
    await context.clock.install({ time: day });
  }
  await context.addInitScript((language) => localStorage.setItem('language', language), locale);
  const page = await context.newPage();
  page.setDefaultTimeout(15_000);
  /** @type {string[]} */
  const errors = [];
  page.on('pageerror', (error) => {
    // SillyTavern has errors of its own, such as "Generation was aborted".
    if (error.stack?.includes('tavern-mem0')) {
      errors.push(error.stack);
    }
  });
  page.on('console', (message) => {
    if (message.type() === 'error' && message.text().includes('mem0')) {
      errors.push(message.text());
    }
  });
  await page.goto(url);
  await ready(page);
  return tavern(page, errors);
}

/** @param {import('playwright-core').Page} page */
async function ready(page) {
  await page.waitForFunction(() =>
    !document.querySelector('#preloader')
    && window.SillyTavern?.getContext().onlineStatus !== 'no_connection'
    && document.querySelector('#tavern_mem0_settings'), null, { timeout: 60_000 });
}

/**
 * @param {import('playwright-core').Page} page
 * @param {string[]} errors
 */
function tavern(page, errors) {
  const chatLength = () => page.evaluate(() => SillyTavern.getContext().chat.length);

  let saving = 0;
  const isSave = (/** @type {import('playwright-core').Request} */ request) =>
    /\/api\/chats\/(group\/)?save$/.test(request.url());
  const saved = (/** @type {import('playwright-core').Request} */ request) => {
    saving -= isSave(request) ? 1 : 0;
  };
  page.on('request', (request) => {
    saving += isSave(request) ? 1 : 0;
  });
  page.on('requestfinished', saved);
  page.on('requestfailed', saved);

  /** Nothing is generated or saved any more. SillyTavern breaks when it is used while it saves. */
  async function idle() {
    for (let quiet = 0; quiet < 3; quiet++) {
      await page.waitForFunction(() => {
        const stop = /** @type {HTMLElement} */ (document.querySelector('#mes_stop'));
        return getComputedStyle(stop).display === 'none' && !document.body.dataset.generating;
      });
      await page.waitForTimeout(80);
      quiet = saving > 0 ? 0 : quiet;
    }
  }

  /**
   * Opens or closes one of the panels of the top bar.
   *
   * @param {string} panel
   * @param {string} toggle
   * @param {boolean} open
   */
  async function drawer(panel, toggle, open) {
    const isOpen = await page.locator(panel).evaluate((element) => element.classList.contains('openDrawer'));
    if (isOpen !== open) {
      await page.click(toggle);
      await page.waitForFunction(([selector, wanted]) => {
        const { classList } = /** @type {Element} */ (document.querySelector(String(selector)));
        return classList.contains(wanted ? 'openDrawer' : 'closedDrawer') && !classList.contains('resizing');
      }, [panel, open]);
    }
  }

  /**
   * Clicks as a user does: again if nothing came of it, since what stands above may grow meanwhile
   * and move the element away from the mouse.
   *
   * @param {import('playwright-core').Locator} locator
   * @param {() => Promise<boolean>} isDone
   */
  async function clickUntil(locator, isDone) {
    for (let clicks = 0; clicks < 5; clicks++) {
      await locator.click();
      for (let waits = 0; waits < 10; waits++) {
        if (await isDone()) {
          return;
        }
        await page.waitForTimeout(100);
      }
    }
    throw new Error(`five clicks on ${locator} did nothing`);
  }

  /** @param {import('playwright-core').Locator} control @param {boolean} value */
  async function setChecked(control, value) {
    if ((await control.isChecked()) !== value) {
      await clickUntil(control, async () => (await control.isChecked()) === value);
    }
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

    /** What SillyTavern says about a slash command. @param {string} name */
    commandHelp(name) {
      return page.evaluate(
        (wanted) => String(SillyTavern.getContext().SlashCommandParser.commands[wanted]?.helpString), name);
    },

    async reload() {
      await page.reload();
      await ready(page);
    },

    /** Comes back on another day. @param {Date} day */
    async comeBackOn(day) {
      await page.clock.setSystemTime(day);
      await this.reload();
    },

    /** Creates a character in the panel on the right. @param {string} name @param {string} greeting */
    async createCharacter(name, greeting) {
      await drawer('#right-nav-panel', '#rightNavDrawerIcon', true);
      await page.click('#rm_button_create');
      await page.fill('#character_name_pole', name);
      await page.fill('#firstmessage_textarea', greeting);
      await page.locator('#create_button').dispatchEvent('click');
      await page.waitForFunction(
        (wanted) => SillyTavern.getContext().characters.some((each) => each.name === wanted), name);
      await drawer('#right-nav-panel', '#rightNavDrawerIcon', false);
    },

    /** Opens the chat of a character; SillyTavern refuses while it generates. @param {string} name */
    async openCharacter(name) {
      const isOpen = () => page.evaluate((wanted) => {
        const { characters, characterId, groupId } = SillyTavern.getContext();
        return !groupId && characters[Number(characterId)]?.name === wanted;
      }, name);
      do {
        await idle();
        await page.evaluate(async (wanted) => {
          const { characters, selectCharacterById } = SillyTavern.getContext();
          await selectCharacterById(characters.findIndex((each) => each.name === wanted));
        }, name);
      } while (!(await isOpen()));
      await idle();
    },

    /** Opens a group by a click on it. @param {string} name */
    async openGroup(name) {
      await drawer('#right-nav-panel', '#rightNavDrawerIcon', true);
      await page.locator('#rm_print_characters_block .group_select', { hasText: name }).click();
      await page.waitForFunction((wanted) => {
        const { groups, groupId } = SillyTavern.getContext();
        return groups.find(({ id }) => id === groupId)?.name === wanted;
      }, name);
      await drawer('#right-nav-panel', '#rightNavDrawerIcon', false);
      await idle();
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
        (length) => SillyTavern.getContext().chat.length >= length, before + 1 + replies);
      await idle();
    },

    /**
     * Waits until the character of the open chat remembers something.
     *
     * @param {string} query
     * @param {string} part of the memory
     */
    async remembers(query, part) {
      const deadline = Date.now() + 60_000;
      while (!(await command(`/mem0-search quiet=true ${query}`)).includes(part)) {
        if (Date.now() > deadline) {
          throw new Error(`"${part}" is not remembered after a minute`);
        }
        await page.waitForTimeout(300);
      }
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

    /** @param {string} name of the backend for `/api` @param {string} mainApi */
    async useApi(name, mainApi) {
      await command(`/api ${name}`);
      await page.waitForFunction((wanted) => {
        const { mainApi: api, onlineStatus } = SillyTavern.getContext();
        return api === wanted && onlineStatus !== 'no_connection';
      }, mainApi);
    },

    /** One of the menu beside the message field. @param {'regenerate'|'continue'|'impersonate'} option */
    async option(option) {
      await page.click('#options_button');
      await page.click(`#option_${option}`);
      await page.waitForFunction(() => document.body.dataset.generating);
      await idle();
    },

    /** The extension's drawer in the extensions panel. */
    async openSettings() {
      await drawer('#rm_extensions_block', '#extensions-settings-button .drawer-toggle', true);
      await this.openDrawer('#tavern_mem0_settings');
    },

    /** An extension's drawer in the open extensions panel. @param {string} extension selector */
    async openDrawer(extension) {
      const content = page.locator(`${extension} .inline-drawer-content`).first();
      if (!(await content.isVisible())) {
        await clickUntil(page.locator(`${extension} .inline-drawer-toggle`).first(), () => content.isVisible());
      }
    },

    /**
     * Changes a control of the drawer, as a user does, and closes it.
     *
     * @param {Record<string, string|boolean>} values by the control's id after `tavern_mem0_`
     */
    async change(values) {
      await this.openSettings();
      for (const [id, value] of Object.entries(values)) {
        const control = page.locator(`#tavern_mem0_${id}`);
        if (typeof value === 'boolean') {
          await setChecked(control, value);
        } else if (await control.evaluate((element) => element.tagName === 'SELECT')) {
          await control.selectOption(value);
        } else {
          await control.fill(value);
          await control.blur();
        }
      }
      await this.closeSettings();
    },

    /** Has the connection tested; it has to work. */
    async checkConnection() {
      await this.openSettings();
      await page.click('#tavern_mem0_check');
      await page.waitForFunction(() =>
        document.querySelector('#tavern_mem0_status')?.textContent?.startsWith('Connected.'));
      await this.closeSettings();
    },

    /** @param {'system'|'before'|'after'|'chat'} position */
    async setPosition(position) {
      await this.openSettings();
      await setChecked(
        page.locator(`#tavern_mem0_settings input[name="tavern_mem0_position"][value="${position}"]`), true);
      await this.closeSettings();
    },

    async openMemoryPanel() {
      await page.click('#extensionsMenuButton');
      await page.click('#tavern_mem0_wand');
      await page.locator('.tavern_mem0_panel').waitFor({ state: 'visible' });
      await page.waitForFunction(() =>
        !document.querySelector('.tavern_mem0_message')?.textContent?.match(/…$/));
    },

    /** What a test that failed left open does not stand in the way of the next. */
    async closeEverything() {
      for (const close of await page.locator('dialog[open] .popup-button-close:visible').all()) {
        await close.click();
      }
      await this.closeSettings();
    },

    async closeMemoryPanel() {
      await page.locator('dialog:has(.tavern_mem0_panel) .popup-button-close').click();
      await page.locator('.tavern_mem0_panel').waitFor({ state: 'detached' });
    },

    async closeSettings() {
      await drawer('#rm_extensions_block', '#extensions-settings-button .drawer-toggle', false);
    },
  };
}

/** @typedef {ReturnType<typeof tavern>} Tavern */

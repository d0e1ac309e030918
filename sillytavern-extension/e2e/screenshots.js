/** The panels in use, in dark and light, on a desk and on a phone: for people to look at. */

import { before, describe, test } from 'node:test';
import path from 'node:path';
import { openTavern } from './lib/browser.js';
import { OUT } from './lib/world.js';

/** Colours of a light theme; SillyTavern ships dark ones only. */
const LIGHT = {
  main_text_color: 'rgba(40, 40, 40, 1)',
  italics_text_color: 'rgba(110, 110, 110, 1)',
  quote_text_color: 'rgba(170, 85, 0, 1)',
  blur_tint_color: 'rgba(245, 245, 240, 1)',
  chat_tint_color: 'rgba(245, 245, 240, 1)',
  user_mes_blur_tint_color: 'rgba(235, 235, 230, 1)',
  bot_mes_blur_tint_color: 'rgba(235, 235, 230, 1)',
  shadow_color: 'rgba(255, 255, 255, 1)',
  border_color: 'rgba(180, 180, 175, 1)',
};

/** Panels of SillyTavern, Summarize and Vector Storage, that ours should look like. */
const SILLYTAVERNS_OWN = ['#memory_settings', '.vectors_settings'];
const TALL = { width: 1280, height: 1700 };

const SIZES = { desktop: { width: 1280, height: 900 }, phone: { width: 390, height: 844 } };

/**
 * What is said and answered before the pictures are taken.
 *
 * @type {Record<string, {character: string, said: [string, string][], question: string, answer: string, query: string, part: string}>}
 */
const STORIES = {
  en: {
    character: 'Seraphina',
    said: [
      ['My sister Ilse lives in Tromso and her birthday is in May.', 'Then the sun does not set on it.'],
      ['Her favourite tea is smoked lapsang.', 'A bold taste. I like her already.'],
      ['Good night, Seraphina.', 'Sleep well.'],
    ],
    question: 'Which tea is right for the birthday of my sister?',
    answer: 'Smoked lapsang, what else?',
    query: 'birthday',
    part: 'Ilse',
  },
  'zh-cn': {
    character: '林墨',
    said: [
      ['我妹妹住在杭州，她的生日在五月。', '五月的西湖很美。'],
      ['她最喜欢喝龙井茶。', '好品味。'],
      ['晚安。', '好梦。'],
    ],
    question: '我妹妹的生日送什么茶好？',
    answer: '当然是龙井。',
    query: '生日',
    part: '杭州',
  },
};

/** @param {() => import('./lib/world.js').World} getWorld */
export function describeScreenshots(getWorld) {
  describe('screenshots', () => {
    before(async () => {
      const { api } = getWorld();
      const { themes } = await api.post('/api/settings/get', {});
      const dark = themes.find((/** @type {{name: string}} */ theme) => theme.name === 'Dark Lite');
      await api.post('/api/themes/save', { ...dark, ...LIGHT, name: 'Light' });
      await api.createCharacter('林墨', '你好。');
    });

    for (const [locale, story] of Object.entries(STORIES)) {
      test(`of the panels, ${locale}`, async () => {
        const today = new Date();
        const day = new Date(today.getTime() - 5 * 24 * 3_600_000);
        const user = await openTavern(getWorld().browser, getWorld().url, { locale, day });
        const { page } = user;
        const shoot = (/** @type {string} */ name) =>
          page.screenshot({ path: path.join(OUT, `${name}.png`), animations: 'disabled' });

        await user.openCharacter(story.character);
        await user.newChat();
        const { replies } = getWorld().model;
        for (const [line, reply] of story.said) {
          replies.push({ text: reply });
          await user.say(line);
        }
        await user.remembers(story.query, story.part);
        await user.comeBackOn(today);
        await user.openCharacter(story.character);
        await user.newChat();
        replies.push({ text: story.answer });
        await user.say(story.question);

        for (const theme of ['Dark Lite', 'Light']) {
          await user.command(`/theme ${theme}`);
          for (const [size, viewport] of Object.entries(SIZES)) {
            await page.setViewportSize(viewport);
            const name = `${locale}-${theme === 'Light' ? 'light' : 'dark'}-${size}`;
            await user.openSettings();
            await page.locator('#tavern_mem0_settings').evaluate((element) => element.scrollIntoView());
            await shoot(`settings-${name}`);
            await page.locator('#tavern_mem0_reset').scrollIntoViewIfNeeded();
            await shoot(`settings-end-${name}`);
            await user.closeSettings();
            await user.openMemoryPanel();
            await shoot(`remembered-${name}`);
            await user.closeMemoryPanel();
          }
          await page.setViewportSize(SIZES.desktop);
        }
        if (locale === 'en') {
          await shootForDocs(user);
        }
        await page.setViewportSize(TALL);
        await user.openSettings();
        for (const selector of SILLYTAVERNS_OWN) {
          await user.openDrawer(selector);
        }
        for (const theme of ['Dark Lite', 'Light']) {
          await user.command(`/theme ${theme}`);
          await shoot(`beside-${locale}-${theme === 'Light' ? 'light' : 'dark'}`);
        }
        await page.close();
      });
    }
  });
}

/**
 * The two pictures of docs/sillytavern.md: copy them to docs/images when the panels change.
 *
 * @param {import('./lib/browser.js').Tavern} user
 */
async function shootForDocs(user) {
  const { page } = user;
  await user.command('/theme Dark Lite');
  // All of the drawer, which scrolls on a smaller screen.
  await page.setViewportSize({ width: 1280, height: 1200 });
  await user.openSettings();
  const drawer = page.locator('#tavern_mem0_settings');
  await drawer.evaluate((element) => element.scrollIntoView());
  await page.waitForTimeout(500);
  const box = await drawer.boundingBox();
  await page.screenshot({ path: path.join(OUT, 'docs-settings.png'), clip: box ?? undefined });
  await user.closeSettings();
  await user.openMemoryPanel();
  await page.locator('dialog:has(.tavern_mem0_panel)').screenshot({ path: path.join(OUT, 'docs-remembered.png') });
  await user.closeMemoryPanel();
}

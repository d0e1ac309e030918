/**
 * The whole loop, as a user goes through it: the real SillyTavern in a real browser, the pipeline
 * behind it, and a stub in place of the language model, whose requests are what is looked at.
 */

import assert from 'node:assert/strict';
import { after, afterEach, before, describe, test } from 'node:test';
import { openTavern } from './lib/browser.js';
import { describeOutages } from './outages.js';

const FACT = 'My sister Ilse lives in Tromso and her birthday is in May.';
const QUESTION = 'When is the birthday of my sister?';
const HEADING = 'Relevant long-term memory:';

const TODAY = new Date();
const DAY_ONE = new Date(TODAY.getTime() - 3 * 24 * 3_600_000);

/** @param {() => import('./lib/world.js').World} getWorld */
export function describeLoop(getWorld) {
  /** @type {import('./lib/world.js').World} */
  let world;
  /** @type {import('./lib/browser.js').Tavern} */
  let user;
  /** What the extension asked the retriever, as it left the browser. @type {any[]} */
  const asked = [];

  before(async () => {
    world = getWorld();
    user = await openTavern(world.browser, world.url, { day: DAY_ONE });
    user.page.on('request', (request) => {
      if (request.url().endsWith('/api/plugins/tavern-mem0/retrieve')) {
        asked.push(request.postDataJSON());
      }
    });
  });

  after(async () => {
    assert.deepEqual(user?.errors, [], 'nothing went wrong in the browser');
    await user?.page.close();
  });

  afterEach(() => user.closeEverything());

  const firstSystemMessage = () => world.model.firstSystemMessage();
  const wholePrompt = () => world.model.wholePrompt();

  describe('a fact that was told to one character', () => {
    test('is remembered', async () => {
      await user.createCharacter('Mira', 'Welcome to the tea house.');
      await user.createCharacter('Kess', 'Hm?');
      await user.openCharacter('Mira');
      await user.newChat();
      await user.say(FACT);
      await user.say('Now let us talk about tea.');
      await user.say('And about cups.');
      await user.remembers('birthday', 'Ilse');
    });

    test('is in the first system message when it is asked for in a new chat on another day', async () => {
      const { chat_file: firstChat } = asked.at(-1);
      await user.comeBackOn(TODAY);
      await user.openCharacter('Mira');
      await user.newChat();
      await user.say(QUESTION);
      assert.match(firstSystemMessage(), new RegExp(`${HEADING}\n.*Ilse`, 's'));
      assert.equal(wholePrompt().split(HEADING).length, 2, 'once');
      const day = (/** @type {Date} */ date) => date.toLocaleDateString('sv');
      assert.ok(firstChat.startsWith(`Mira - ${day(DAY_ONE)}`), firstChat);
      assert.ok(asked.at(-1).chat_file.startsWith(`Mira - ${day(TODAY)}`), asked.at(-1).chat_file);
    });

    test('is not told to another character', async () => {
      await user.openCharacter('Kess');
      await user.say(QUESTION);
      assert.doesNotMatch(wholePrompt(), /Ilse|Relevant long-term memory/);
      assert.equal(asked.at(-1).agent_id, 'Kess');
    });
  });

  describe('the kinds of generation', () => {
    test('a swipe gets the memories, and its request does not hold the reply swiped away', async () => {
      await user.openCharacter('Mira');
      const reply = await user.page.evaluate(() => SillyTavern.getContext().chat.at(-1)?.mes);
      await user.swipe();
      assert.match(firstSystemMessage(), /Ilse/);
      assert.ok(!JSON.stringify(asked.at(-1).messages).includes(String(reply)));
    });

    for (const option of /** @type {const} */ (['regenerate', 'continue', 'impersonate'])) {
      test(`${option} gets the memories, once`, async () => {
        await user.option(option);
        assert.match(firstSystemMessage(), /Ilse/);
        assert.equal(wholePrompt().split(HEADING).length, 2);
        await user.page.fill('#send_textarea', '');
      });
    }

    test('each round of tool calls gets the memories, once', async () => {
      await user.page.evaluate(() => SillyTavern.getContext().ToolManager.registerFunctionTool({
        name: 'roll', displayName: 'Roll', description: 'Rolls dice',
        parameters: { type: 'object', properties: {} }, action: () => '6',
      }));
      world.model.replies.push({ toolCall: { name: 'roll', arguments: {} } }, { text: 'You rolled a 6.' });
      const before = world.model.requests.length;
      await user.say(`Roll the dice. ${QUESTION}`, 2);
      assert.equal(world.model.requests.length, before + 2);
      for (const { messages } of world.model.requests.slice(-2)) {
        const prompt = messages.map(({ content }) => content).join('\n');
        assert.match(messages[0].content, /Ilse/);
        assert.equal(prompt.split(HEADING).length, 2);
      }
    });

    test('a background prompt gets none, unless the user wants it', async () => {
      const before = asked.length;
      await user.command(`/gen ${QUESTION}`);
      assert.doesNotMatch(wholePrompt(), /Relevant long-term memory/);
      assert.equal(asked.length, before);

      await user.change({ quiet_prompts: true });
      await user.command(`/gen ${QUESTION}`);
      assert.match(firstSystemMessage(), /Ilse/);
      await user.change({ quiet_prompts: false });
    });

    test('with text completion they follow the main prompt', async () => {
      await user.useApi('generic', 'textgenerationwebui');
      try {
        await user.swipe();
        assert.match(String(world.model.last().prompt), new RegExp(`next reply.*${HEADING}\n.*Ilse.*Robin: `, 's'));
      } finally {
        await user.useApi('custom', 'openai');
      }
    });

    test('a raw prompt of another extension stays as it is', async () => {
      await user.command('/genraw Say hello.');
      assert.deepEqual(world.model.last().messages, [{ role: 'user', content: 'Say hello.' }]);
    });
  });

  describe('a setting in the panel takes effect at the next generation', () => {
    test('template and position in the chat', async () => {
      await user.change({ template: '{{user}} told {{char}}:\n{{text}}', depth: '0', role: '1' });
      await user.setPosition('chat');
      await user.swipe();
      const last = world.model.last().messages.at(-1);
      assert.equal(last?.role, 'user');
      assert.match(String(last?.content), /Robin told Mira:\n.*Ilse/s);
      assert.doesNotMatch(firstSystemMessage(), /Ilse/);
    });

    test('before and after the main prompt', async () => {
      const messages = () => world.model.last().messages.map(({ content }) => content);
      await user.setPosition('before');
      await user.swipe();
      assert.match(messages()[0], /^Robin told Mira/);
      await user.setPosition('after');
      await user.swipe();
      assert.match(messages()[1], /^Robin told Mira/);
    });

    test('semantic rewrite and its prompt', async () => {
      await user.change({ rewrite_enabled: true, rewrite_prompt: 'Make it a query.' });
      await user.swipe();
      assert.equal(asked.at(-1).mem0_query_rewrite_enabled, true);
      assert.equal(asked.at(-1).mem0_query_rewrite_prompt, 'Make it a query.');
      await user.change({ rewrite_enabled: false });
      await user.swipe();
      assert.equal(asked.at(-1).mem0_query_rewrite_enabled, false);
    });

    test('a question that finds nothing is rewritten by the model, as the panel says', async (t) => {
      if (!world.pipeline.rewrites) {
        t.skip('this retriever has no model');
        return;
      }
      await user.newChat();
      await user.change({ rewrite_enabled: true, rewrite_prompt: 'Make it a query.', include_context: false });
      world.model.replies.push({ text: 'birthday of the sister Ilse' }, { text: 'In May.' });
      const before = world.model.requests.length;
      await user.say('Qwertz uiop?');
      const [rewrite, reply] = world.model.requests.slice(before);
      assert.match(rewrite.messages[0].content, /^Make it a query\./);
      assert.match(rewrite.messages[1].content, /"user_question":"Qwertz uiop\?"/);
      assert.match(reply.messages.map(({ content }) => content).join('\n'), /Ilse/);
      await user.openMemoryPanel();
      assert.match(String(await user.page.textContent('.tavern_mem0_query')), /the rewritten question.*sister Ilse/);
      await user.closeMemoryPanel();
      await user.change({ rewrite_enabled: false, include_context: true });
      await user.say(QUESTION);
    });

    test('off, and on again', async () => {
      const before = asked.length;
      await user.change({ enabled: false });
      await user.swipe();
      assert.equal(asked.length, before);
      assert.doesNotMatch(wholePrompt(), /Robin told Mira/);
      await user.change({ enabled: true });
    });

    test('directly from the browser, without the plugin', async () => {
      await user.change({ connection: 'direct', retriever_url: world.pipeline.url });
      const viaPlugin = asked.length;
      const direct = user.page.waitForRequest(`${world.pipeline.url}/v1/retrieve`);
      await user.swipe();
      assert.equal((await direct).postDataJSON().user_id, 'default-user');
      assert.equal(asked.length, viaPlugin);
      assert.match(wholePrompt(), /Ilse/);
      await user.checkConnection();
    });

    test('reset to the defaults', async () => {
      await user.openSettings();
      await user.page.click('#tavern_mem0_reset');
      await user.page.click('dialog[open] .popup-button-ok');
      await user.closeSettings();
      await user.swipe();
      assert.match(firstSystemMessage(), new RegExp(HEADING));
    });

    test('the connection is tested with a clear verdict', async () => {
      await user.checkConnection();
    });
  });

  describe('chats', () => {
    test('a pause is for one chat, and the next chat is not paused', async () => {
      assert.match(await user.command('/mem0-pause on'), /paused/);
      await user.swipe();
      assert.doesNotMatch(wholePrompt(), /Relevant long-term memory/);
      assert.match(await user.command('/mem0-last quiet=true'), /paused/);

      await user.newChat();
      await user.say(QUESTION);
      assert.match(firstSystemMessage(), /Ilse/);
    });

    test('what is hidden from the prompt is still remembered', async () => {
      await user.newChat();
      await user.say('My cat is called Rumpel and he is afraid of umbrellas.');
      await user.say('He sleeps on the stairs.');
      await user.remembers('umbrellas', 'Rumpel');
      await user.command('/hide 1-4');
      await user.say('What is my cat afraid of, umbrellas?');
      assert.match(firstSystemMessage(), /Rumpel/);
      assert.ok(!world.model.last().messages.slice(1).some(({ content }) => content.includes('Rumpel')));
    });

    test('memories that arrive after the chat was left do not get into the next', async () => {
      await user.page.route('**/api/plugins/tavern-mem0/retrieve', async (route) => {
        await new Promise((resolve) => setTimeout(resolve, 1500));
        await route.continue().catch(() => {});
      });
      await user.page.fill('#send_textarea', QUESTION);
      const request = user.page.waitForRequest('**/api/plugins/tavern-mem0/retrieve');
      await user.page.click('#send_but');
      await request;
      await user.page.click('#mes_stop');
      await user.openCharacter('Kess');
      await user.page.waitForTimeout(2000);
      await user.page.unroute('**/api/plugins/tavern-mem0/retrieve');
      await user.idle();
      await user.say('Hello Kess.');
      assert.doesNotMatch(wholePrompt(), /Ilse/);
    });

    test('in a group each speaker has its own memories', async () => {
      await world.api.post('/api/groups/create', {
        name: 'Both', members: ['Mira.png', 'Kess.png'], disabled_members: [], activation_strategy: 1,
        generation_mode: 0, allow_self_responses: false, avatar_url: '', chat_id: 'both-1', chats: ['both-1'],
      });
      await user.reload();
      await user.openGroup('Both');
      const before = world.model.requests.length;
      await user.say(QUESTION, 2);
      const [mira, kess] = world.model.requests.slice(before).map(({ messages }) => messages[0].content);
      assert.match(mira, /Ilse/);
      assert.doesNotMatch(kess, /Ilse/);
      const [first, second] = asked.slice(-2);
      assert.deepEqual([first.agent_id, second.agent_id], ['Mira', 'Kess']);
      assert.deepEqual(first.group_members, ['Mira', 'Kess']);
      assert.ok(first.group_id);
    });
  });

  describeOutages(() => ({ world, user }), QUESTION, 'Ilse');

  describe('the panel "What was remembered"', () => {
    test('shows what went into the prompt, and where and when it was said', async () => {
      await user.openMemoryPanel();
      const card = user.page.locator('.tavern_mem0_injected .tavern_mem0_memory', { hasText: 'Tromso' });
      const said = await user.page.evaluate((time) => new Date(time).toLocaleDateString(), DAY_ONE.getTime());
      assert.match(String(await card.first().textContent()), new RegExp(`Ilse.*Mira - .*${said}.*score`, 's'));
      assert.match(String(await user.page.textContent('.tavern_mem0_query')), /your last message.*birthday/);
      await user.closeMemoryPanel();
    });

    test('finds a memory and forgets it for good', async () => {
      const { page } = user;
      const found = page.locator('.tavern_mem0_stored .tavern_mem0_memory', { hasText: 'Rumpel' });
      await user.openMemoryPanel();
      const search = page.waitForResponse(/\/memories\?.*query=umbrellas/);
      await page.fill('.tavern_mem0_search', 'umbrellas');
      await search;
      await found.first().waitFor();
      const count = await found.count();
      await found.first().locator('.tavern_mem0_forget').click();
      await page.locator('dialog[open]', { hasText: 'Forget this?' }).locator('.popup-button-cancel').click();
      assert.equal(await found.count(), count, 'nothing is forgotten without a yes');
      while ((await found.count()) > 0) {
        const reloaded = page.waitForResponse(/\/memories\?.*query=umbrellas/);
        await found.first().locator('.tavern_mem0_forget').click();
        await page.locator('dialog[open]', { hasText: 'Forget this?' }).locator('.popup-button-ok').click();
        await reloaded;
      }
      await user.closeMemoryPanel();
      assert.doesNotMatch(await user.command('/mem0-search quiet=true umbrellas'), /Rumpel/);
    });
  });

  describe('the slash commands', () => {
    test('say how memory does, and what they are for', async () => {
      assert.match(await user.command('/mem0 quiet=true'), /Memory is on\.\nConnected\. .*\nMira: \d+ memor/);
      for (const name of ['mem0', 'mem0-search', 'mem0-last', 'mem0-pause']) {
        assert.match(await user.commandHelp(name), /memor|remember/);
      }
    });
  });

  describe('in Chinese', () => {
    test('what was said is remembered, and the panel speaks Chinese', async () => {
      await world.api.createCharacter('小雨', '你好。');
      const english = user;
      user = await openTavern(world.browser, world.url, { locale: 'zh-cn' });
      await user.openCharacter('小雨');
      await user.say('我妹妹住在杭州，她的生日在五月。');
      await user.say('我们聊聊别的吧。');
      await user.say('今天天气很好。');
      await user.remembers('生日', '杭州');
      await user.newChat();
      await user.say('我妹妹的生日是什么时候？');
      assert.match(firstSystemMessage(), /杭州/);

      await user.openSettings();
      assert.match(String(await user.page.textContent('#tavern_mem0_settings')), /长期记忆.*语义改写/s);
      assert.match(String(await user.page.textContent('#tavern_mem0_status')), /提示词中有 \d+ 条记忆/);
      assert.match(await user.commandHelp('mem0-search'), /记住/);
      await user.page.close();
      user = english;
    });
  });
}

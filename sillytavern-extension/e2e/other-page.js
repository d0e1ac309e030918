/** A web page that the user has open beside SillyTavern, and that would like to read the chats. */

import assert from 'node:assert/strict';
import http from 'node:http';
import { after, before, describe, test } from 'node:test';
import { REBOUND_HOST } from './lib/browser.js';

const MEMORIES = '/v1/memories?user_id=default-user&agent_id=Mira';

/** What is worth reading of each service. @type {Record<string, string>} */
const READ = {
  retriever: MEMORIES,
  writer: '/v1/status',
  watcher: '/v1/chats',
  memory: '/memories?user_id=default-user',
};

/** What would change something. @type {Record<string, {method: string, path: string, body?: string}>} */
const CHANGE = {
  retriever: { method: 'DELETE', path: '/v1/memories/ID?user_id=default-user' },
  writer: { method: 'POST', path: '/v1/holds/any/confirm', body: '{}' },
  watcher: { method: 'POST', path: '/v1/snapshots', body: '{"type":"incremental"}' },
  memory: { method: 'DELETE', path: '/memories?user_id=default-user' },
};

/** @param {() => import('./lib/world.js').World} getWorld */
export function describeOtherPage(getWorld) {
  describe('a page of another origin', () => {
    /** @type {import('./lib/world.js').World} */
    let world;
    /** @type {http.Server} */
    let server;
    /** @type {import('playwright-core').BrowserContext} */
    let context;
    /** @type {import('playwright-core').Page} */
    let page;
    /** @type {any[]} */
    let remembered;

    /** As a program on this machine asks, which sends no origin. */
    const memories = async () => (await (await fetch(world.pipeline.url + MEMORIES)).json()).memories;
    const snapshots = async () => (await (await fetch(`${world.pipeline.services.watcher}/v1/snapshots`)).json());

    before(async (t) => {
      world = getWorld();
      if (Object.keys(world.pipeline.services).length === 0) {
        // @ts-expect-error the hook's context skips like a test's
        t.skip?.('the stand-in has no services');
        return;
      }
      remembered = await memories();
      assert.ok(remembered.length > 0, 'there is something to read');
      server = http.createServer((_request, response) => {
        response.setHeader('content-type', 'text/html').end('<title>another page</title>');
      });
      await new Promise((resolve) => server.listen(0, '127.0.0.1', () => resolve(null)));
      context = await world.browser.newContext();
      page = await context.newPage();
      const { port } = /** @type {import('node:net').AddressInfo} */ (server.address());
      await page.goto(`http://127.0.0.1:${port}/`);
    });
    after(async () => {
      await context?.close();
      server?.close();
    });

    for (const [service, path] of Object.entries(READ)) {
      test(`reads nothing of the ${service}`, async () => {
        const url = world.pipeline.services[service] + path;
        const seen = await page.evaluate(async (address) => {
          /** @type {Record<string, string>} */
          const results = {};
          for (const mode of /** @type {RequestMode[]} */ (['cors', 'no-cors'])) {
            results[mode] = await fetch(address, { mode }).then((answer) => answer.text(), () => 'refused');
          }
          return results;
        }, url);

        assert.deepEqual(seen, { 'cors': 'refused', 'no-cors': '' });
      });
    }

    for (const [service, { method, path, body }] of Object.entries(CHANGE)) {
      test(`changes nothing through the ${service}`, async () => {
        const before = await snapshots();
        const url = world.pipeline.services[service] + path.replace('ID', remembered[0].id);
        const seen = await page.evaluate(async ([address, verb, text]) => {
          /** @param {RequestInit} how */
          const call = (how) => fetch(String(address), how).then((answer) => answer.text(), () => 'refused');
          const form = Object.assign(document.createElement('form'), {
            action: address, method: 'post', enctype: 'text/plain', target: 'answer',
          });
          form.append(Object.assign(document.createElement('input'), { name: '{"type":"incremental","a":"', value: '"}' }));
          const frame = Object.assign(document.createElement('iframe'), { name: 'answer' });
          document.body.append(frame, form);
          const loaded = new Promise((resolve) => frame.addEventListener('load', resolve, { once: true }));
          form.submit();
          await loaded;
          return [
            await call({ method: String(verb), body: text || undefined, headers: { 'content-type': 'application/json' } }),
            await call({ method: 'POST', body: text || '{}', mode: 'no-cors' }),
          ];
        }, [url, method, body]);

        assert.deepEqual(seen, ['refused', '']);
        assert.deepEqual(await memories(), remembered);
        assert.deepEqual(await snapshots(), before);
      });

      test(`reads nothing of the ${service} under a name that it has made point to this machine`, async () => {
        const url = new URL(READ[service], world.pipeline.services[service]);
        url.hostname = REBOUND_HOST;
        const answer = await page.goto(String(url));

        assert.equal(answer?.status(), 403);
        assert.ok(!(await answer?.text())?.includes('Ilse'));
      });
    }
  });
}

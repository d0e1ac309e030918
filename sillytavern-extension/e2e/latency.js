/** How much longer a generation takes with memories, measured in the browser. */

import { describe, test } from 'node:test';
import { openTavern } from './lib/browser.js';

/**
 * @param {() => import('./lib/world.js').World} getWorld
 * @param {number} generations
 */
export function describeLatency(getWorld, generations) {
  describe('latency', () => {
    test(`added to ${generations} generations`, async (t) => {
      const user = await openTavern(getWorld().browser, getWorld().url);
      await getWorld().api.createCharacter('Timer', 'Tick.');
      await user.reload();
      await user.openCharacter('Timer');
      await user.page.evaluate(() => {
        const page = /** @type {any} */ (window);
        page.addedMs = [];
        const intercept = page.tavernMem0_intercept;
        page.tavernMem0_intercept = async (/** @type {unknown[]} */ ...parameters) => {
          const start = performance.now();
          await intercept(...parameters);
          page.addedMs.push(performance.now() - start);
        };
      });
      for (let i = 0; i < generations; i++) {
        await user.command(`/send Question number ${i}: what do I like about place ${i * 7}? | /trigger await=true`);
      }
      const added = await user.page.evaluate(() => /** @type {any} */ (window).addedMs);
      added.sort((/** @type {number} */ a, /** @type {number} */ b) => a - b);
      const at = (/** @type {number} */ share) =>
        added[Math.max(0, Math.ceil(share * added.length) - 1)].toFixed(1);
      t.diagnostic(`${added.length} generations: median ${at(0.5)} ms, p90 ${at(0.9)} ms, p99 ${at(0.99)} ms, `
        + `max ${at(1)} ms; memories from ${getWorld().pipeline.kind}`);
      await user.page.close();
    });
  });
}

/** Everything that needs a browser, on one SillyTavern. */

import { after, before, describe } from 'node:test';
import { describeLatency } from './latency.js';
import { startWorld } from './lib/world.js';
import { describeLoop } from './loop.js';
import { describeOtherPage } from './other-page.js';
import { describeScreenshots } from './screenshots.js';

describe('SillyTavern', () => {
  /** @type {import('./lib/world.js').World} */
  let world;
  before(async () => {
    world = await startWorld();
  });
  after(() => world?.stop());

  const getWorld = () => world;
  describe('and its user', () => describeLoop(getWorld));
  describeOtherPage(getWorld);
  describeScreenshots(getWorld);
  if (process.env.E2E_LATENCY) {
    describeLatency(getWorld, Number(process.env.E2E_LATENCY));
  }
});

/** How much one user may ask for at a time, so that the others of the same SillyTavern are served too. */

import { Problem } from './retriever.mjs';

/**
 * @param {number} most requests of one user under way at a time
 * @returns {<T>(user: string, work: () => Promise<T>) => Promise<T>} throws {@link Problem} instead of starting
 *   the work of a user who has so many under way
 */
export function createLimit(most) {
  /** @type {Map<string, number>} */
  const underWay = new Map();
  return async (user, work) => {
    const before = underWay.get(user) ?? 0;
    if (before >= most) {
      throw new Problem(429, 'too-many-requests', `${most} requests are under way already, try again when one is done`);
    }
    underWay.set(user, before + 1);
    try {
      return await work();
    } finally {
      const left = (underWay.get(user) ?? 1) - 1;
      if (left > 0) {
        underWay.set(user, left);
      } else {
        underWay.delete(user);
      }
    }
  };
}

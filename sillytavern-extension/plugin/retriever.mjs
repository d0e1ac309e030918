/** Calls to retriever-service, bounded in time and size. */

/** A failure as it is told to the browser: RFC 9457 problem details, with a `code` for the extension. */
export class Problem extends Error {
  /**
   * @param {number} status
   * @param {string} code
   * @param {string} detail
   */
  constructor(status, code, detail) {
    super(detail);
    this.name = 'Problem';
    this.status = status;
    this.code = code;
  }

  toJSON() {
    return { type: 'about:blank', title: this.code, status: this.status, detail: this.message, code: this.code };
  }
}

/**
 * @typedef {object} Call
 * @property {'GET'|'POST'|'DELETE'} method
 * @property {string} path relative to the retriever's address
 * @property {Record<string, string>} [query]
 * @property {object} [body]
 * @property {number} [timeoutMs]
 * @property {AbortSignal} signal the browser went away, or SillyTavern stops
 *
 * @typedef {{status: number, type: string, text: string}} Answer
 */

/**
 * @param {import('./config.mjs').Config} config
 * @returns {(call: Call) => Promise<Answer>} throws {@link Problem}
 */
export function createRetriever({ retrieverUrl, apiKey, timeoutMs: maxTimeoutMs, maxResponseBytes }) {
  return async ({ method, path, query = {}, body, timeoutMs = maxTimeoutMs, signal }) => {
    const url = new URL(path, retrieverUrl);
    url.search = new URLSearchParams(query).toString();
    const timeout = AbortSignal.timeout(Math.min(timeoutMs, maxTimeoutMs));
    try {
      const response = await fetch(url, {
        method,
        headers: {
          Accept: 'application/json, application/problem+json',
          ...(body ? { 'Content-Type': 'application/json' } : {}),
          ...(apiKey ? { 'X-API-Key': apiKey } : {}),
        },
        body: body ? JSON.stringify(body) : undefined,
        redirect: 'error',
        signal: AbortSignal.any([timeout, signal]),
      });
      const text = await readBounded(response, maxResponseBytes);
      if (response.status === 401 || response.status === 403) {
        throw new Problem(502, 'unauthorized', `the retriever answered ${response.status}`);
      }
      const type = response.headers.get('content-type') ?? 'application/json';
      if (text && !/[/+]json\b/.test(type)) {
        throw new Problem(
          502, 'bad-answer', `what answers at the retriever's address is not a retriever (${response.status} ${type})`,
        );
      }
      return { status: response.status, type, text };
    } catch (error) {
      if (error instanceof Problem) {
        throw error;
      }
      if (timeout.aborted) {
        throw new Problem(504, 'timeout', 'the retriever did not answer in time');
      }
      throw new Problem(502, 'unreachable', `the retriever cannot be reached (${causeOf(error)})`);
    }
  };
}

/**
 * @param {Response} response
 * @param {number} maxBytes
 */
async function readBounded(response, maxBytes) {
  const body = /** @type {AsyncIterable<Uint8Array>|null} */ (/** @type {unknown} */ (response.body));
  const chunks = [];
  let size = 0;
  for await (const chunk of body ?? []) {
    size += chunk.length;
    if (size > maxBytes) {
      throw new Problem(502, 'bad-answer', `the retriever's answer is larger than ${maxBytes} bytes`);
    }
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString('utf8');
}

/** @param {unknown} error */
function causeOf(error) {
  const cause = error instanceof Error && error.cause ? error.cause : error;
  const { code, message } = /** @type {{code?: string, message?: string}} */ (cause);
  return code ?? message ?? 'unknown reason';
}

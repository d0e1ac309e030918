/** A stand-in for the language model: an OpenAI-compatible endpoint that records what it is asked. */

import http from 'node:http';

/**
 * @typedef {{role: string, content: string}} PromptMessage
 * @typedef {{messages: PromptMessage[], stream?: boolean, tools?: unknown[], prompt?: string}} ModelRequest
 * @typedef {{text?: string, toolCall?: {name: string, arguments: object}}} Reply
 */

export async function startModel() {
  /** @type {ModelRequest[]} */
  const requests = [];
  /** Answers to come, before the numbered ones. @type {Reply[]} */
  const replies = [];

  const server = http.createServer(async (request, response) => {
    if (request.url?.endsWith('/models')) {
      json(response, { object: 'list', data: [{ id: 'stub-model', object: 'model' }] });
      return;
    }
    const body = JSON.parse((await request.setEncoding('utf8').toArray()).join(''));
    requests.push(body);
    const reply = replies.shift() ?? { text: `Reply number ${requests.length}.` };
    if (body.stream) {
      stream(response, reply);
    } else if (body.prompt !== undefined) {
      json(response, { choices: [{ text: reply.text, finish_reason: 'stop' }] });
    } else {
      json(response, { choices: [{ message: message(reply), finish_reason: 'stop' }] });
    }
  });
  await new Promise((resolve) => server.listen(0, '127.0.0.1', () => resolve(null)));
  const { port } = /** @type {import('node:net').AddressInfo} */ (server.address());

  return {
    url: `http://127.0.0.1:${port}`,
    requests,
    replies,
    /** @returns {ModelRequest} */
    last() {
      const last = requests.at(-1);
      if (!last) {
        throw new Error('the model was not asked anything');
      }
      return last;
    },
    /** The first system message that the model got last. */
    firstSystemMessage() {
      return this.last().messages.find(({ role }) => role === 'system')?.content ?? '';
    },
    /** Everything that the model got last, as one text. */
    wholePrompt() {
      return this.last().messages.map(({ content }) => content).join('\n');
    },
    async stop() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

/** @param {Reply} reply */
function message({ text, toolCall }) {
  return {
    role: 'assistant',
    content: text ?? '',
    ...(toolCall && { tool_calls: [toolCallOf(toolCall)] }),
  };
}

/** @param {{name: string, arguments: object}} call */
function toolCallOf(call) {
  return {
    index: 0,
    id: `call_${Date.now()}`,
    type: 'function',
    function: { name: call.name, arguments: JSON.stringify(call.arguments) },
  };
}

/**
 * @param {http.ServerResponse} response
 * @param {Reply} reply
 */
function stream(response, reply) {
  response.writeHead(200, { 'content-type': 'text/event-stream' });
  for (const delta of [message(reply)]) {
    response.write(`data: ${JSON.stringify({ choices: [{ index: 0, delta }] })}\n\n`);
  }
  response.end('data: [DONE]\n\n');
}

/**
 * @param {http.ServerResponse} response
 * @param {object} body
 */
function json(response, body) {
  response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(body));
}

/** @typedef {Awaited<ReturnType<typeof startModel>>} Model */

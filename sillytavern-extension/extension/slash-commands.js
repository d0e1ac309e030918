/** `/mem0`, `/mem0-search`, `/mem0-last`, `/mem0-pause`. */

import { RetrieverError } from './client.js';
import { charactersOnScreen } from './memory-panel.js';
import { memoryLines, outcomeText, recordText, troubleText } from './texts.js';

/**
 * @param {object} dependencies
 * @param {() => STContext} dependencies.getContext
 * @param {import('./settings.js').SettingsStore} dependencies.settings
 * @param {import('./client.js').Client} dependencies.client
 * @param {import('./journal.js').Journal} dependencies.journal
 * @param {() => void} dependencies.onPauseChanged
 */
export function addSlashCommands({ getContext, settings, client, journal, onPauseChanged }) {
  const {
    SlashCommandParser, SlashCommand, SlashCommandArgument, SlashCommandNamedArgument, ARGUMENT_TYPE, t,
  } = getContext();

  const quiet = SlashCommandNamedArgument.fromProps({
    name: 'quiet',
    description: t`do not show the result, only pass it on`,
    typeList: [ARGUMENT_TYPE.BOOLEAN],
    defaultValue: 'false',
  });

  /**
   * @param {string} text
   * @param {{quiet?: string}} named
   */
  function show(text, named) {
    if (String(named.quiet) !== 'true') {
      toastr.info(text, t`Long-term memory`, {
        escapeHtml: true,
        timeOut: 10_000,
        messageClass: 'toast-message tavern_mem0_toast',
      });
    }
    return text;
  }

  async function status() {
    const values = settings.get();
    const lines = [
      values.enabled ? t`Memory is on.` : t`Memory is off.`,
      ...(settings.isPaused() ? [t`Memory is paused for this chat.`] : []),
    ];
    try {
      const elapsed = await client.check();
      journal.allIsWell();
      lines.push(t`Connected. One search took ${elapsed} ms.`);
    } catch (error) {
      lines.push(errorText(error));
    }
    const last = journal.last();
    if (last) {
      lines.push(`${last.char_name}: ${outcomeText(t, last)}`);
    }
    return lines.join('\n');
  }

  /** @param {unknown} error */
  function errorText(error) {
    return error instanceof RetrieverError
      ? troubleText(t, error.kind, error.detail)
      : troubleText(t, 'rejected', String(error));
  }

  /**
   * @param {{limit?: string, character?: string}} named
   * @param {string} query
   */
  async function search(named, query) {
    const characters = charactersOnScreen(getContext());
    const wanted = named.character
      ? characters.find(({ name, key }) => [name, key].includes(String(named.character)))
      : characters.at(0);
    if (!wanted) {
      return t`Open a chat to see what its character remembers.`;
    }
    try {
      const memories = await client.memories({
        agent_id: wanted.key,
        query: query.trim(),
        limit: Number(named.limit) || 10,
      });
      return memories.length === 0 ? t`Nothing found.` : memoryLines(memories).join('\n');
    } catch (error) {
      return errorText(error);
    }
  }

  /** @param {string} wanted on, off, or anything else to toggle */
  async function pause(wanted) {
    if (!getContext().getCurrentChatId()) {
      return t`No chat is open.`;
    }
    const paused = { on: true, off: false }[wanted.trim().toLowerCase()] ?? !settings.isPaused();
    await settings.setPaused(paused);
    onPauseChanged();
    return paused ? t`Memory is paused for this chat.` : t`Memory is on for this chat.`;
  }

  const commands = [
    {
      name: 'mem0',
      callback: async (/** @type {object} */ named) => show(await status(), named),
      namedArgumentList: [quiet],
      helpString: t`Shows whether long-term memory works and what it did for the last reply.`,
    },
    {
      name: 'mem0-search',
      callback: async (/** @type {object} */ named, /** @type {unknown} */ query) =>
        show(await search(named, String(query ?? '')), named),
      namedArgumentList: [
        SlashCommandNamedArgument.fromProps({
          name: 'limit',
          description: t`number of memories`,
          typeList: [ARGUMENT_TYPE.NUMBER],
          defaultValue: '10',
        }),
        SlashCommandNamedArgument.fromProps({
          name: 'character',
          description: t`in a group: whose memories`,
          typeList: [ARGUMENT_TYPE.STRING],
        }),
        quiet,
      ],
      unnamedArgumentList: [
        SlashCommandArgument.fromProps({
          description: t`what to search for; nothing lists the latest memories`,
          typeList: [ARGUMENT_TYPE.STRING],
        }),
      ],
      helpString: t`Searches what the character of this chat remembers. Example: /mem0-search limit=3 birthday`,
    },
    {
      name: 'mem0-last',
      callback: async (/** @type {object} */ named) => {
        const last = journal.last();
        return show(last ? recordText(t, last) : t`No reply was generated yet.`, named);
      },
      namedArgumentList: [quiet],
      helpString: t`Shows the memories that were put into the last prompt, or why there were none.`,
    },
    {
      name: 'mem0-pause',
      callback: async (/** @type {object} */ named, /** @type {unknown} */ wanted) =>
        show(await pause(String(wanted ?? '')), named),
      namedArgumentList: [quiet],
      unnamedArgumentList: [
        SlashCommandArgument.fromProps({
          description: t`on or off; nothing toggles`,
          typeList: [ARGUMENT_TYPE.STRING],
          enumList: ['on', 'off'],
        }),
      ],
      helpString: t`Pauses long-term memory for this chat: no memories are put into its prompts. What is said is still remembered.`,
    },
  ];
  for (const command of commands) {
    SlashCommandParser.addCommandObject(
      SlashCommand.fromProps({ ...command, returns: t`the text shown` }),
    );
  }
}

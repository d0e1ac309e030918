/** "What was remembered": the latest injections, and the memories of this user and a character. */

import { RetrieverError } from './client.js';
import { characterKey, currentPlace } from './request.js';
import { outcomeText, provenance, stageText, troubleText, typeText } from './texts.js';

const PAGE = 50;
const MOST = 200;
const SEARCH_DELAY_MS = 300;

/**
 * @param {object} dependencies
 * @param {() => STContext} dependencies.getContext
 * @param {import('./client.js').Client} dependencies.client
 * @param {import('./journal.js').Journal} dependencies.journal
 * @param {string} dependencies.extensionName folder of the extension, for its templates
 */
export function createMemoryPanel({ getContext, client, journal, extensionName }) {
  /** Opens the panel; resolves when the user closed it. */
  async function open() {
    const context = getContext();
    const template = document.createElement('template');
    template.innerHTML = await context.renderExtensionTemplateAsync(extensionName, 'memory-panel');
    const root = /** @type {HTMLElement} */ (template.content.firstElementChild);
    const stopListening = showGenerations(root, getContext, journal);
    showStored(root, getContext, client);
    try {
      await context.callGenericPopup(root, context.POPUP_TYPE.DISPLAY, '', {
        wide: true,
        leftAlign: true,
        allowVerticalScrolling: true,
      });
    } finally {
      stopListening();
    }
  }

  return { open };
}

/**
 * The upper part: what went into the latest prompts, and why.
 *
 * @param {HTMLElement} root
 * @param {() => STContext} getContext
 * @param {import('./journal.js').Journal} journal
 * @returns {() => void} stops following the journal
 */
function showGenerations(root, getContext, journal) {
  const { t } = getContext();
  const choice = /** @type {HTMLSelectElement} */ (find(root, 'generation'));

  function showRecord() {
    const record = journal.records()[choice.selectedIndex];
    const outcome = find(root, 'outcome');
    const query = find(root, 'query');
    const list = find(root, 'injected');
    list.replaceChildren();
    query.textContent = '';
    if (!record) {
      outcome.textContent = t`No reply was generated yet.`;
      outcome.className = 'tavern_mem0_outcome info-block info';
      return;
    }
    outcome.textContent = outcomeText(t, record);
    const level = { answered: 'hint', skipped: 'info', failed: 'warning' }[record.outcome];
    outcome.className = `tavern_mem0_outcome info-block ${level}`;
    if (record.outcome === 'answered') {
      const { query: found, memories } = record.answer;
      const stage = stageText(t, found?.stage);
      const searched = found && stage ? [`${t`Searched with ${stage}:`} “${shortened(found.text)}”`] : [];
      query.textContent = [...searched, `${record.elapsed_ms} ms`].join(' · ');
      query.title = found?.text ?? '';
      list.replaceChildren(...memories.map((memory) => card(memory, t)));
    }
  }

  function showChoices() {
    choice.replaceChildren(
      ...journal.records().map((record) =>
        new Option(`${record.at.toLocaleTimeString()} · ${record.char_name} · ${typeText(t, record.type)}`)),
    );
    choice.hidden = journal.records().length === 0;
    showRecord();
  }

  choice.addEventListener('change', showRecord);
  showChoices();
  return journal.onChange(showChoices);
}

/**
 * The lower part: all memories of a character, searched and forgotten one by one.
 *
 * @param {HTMLElement} root
 * @param {() => STContext} getContext
 * @param {import('./client.js').Client} client
 */
function showStored(root, getContext, client) {
  const context = getContext();
  const { t } = context;
  const character = /** @type {HTMLSelectElement} */ (find(root, 'character'));
  const search = /** @type {HTMLInputElement} */ (find(root, 'search'));
  const message = find(root, 'message');
  const list = find(root, 'stored');
  const more = find(root, 'more');
  let limit = PAGE;
  let latestLoad = 0;

  for (const { name, key } of charactersOnScreen(context)) {
    character.add(new Option(name, key));
  }
  character.hidden = character.options.length === 0;

  async function load() {
    const thisLoad = ++latestLoad;
    more.hidden = true;
    if (!character.value) {
      message.textContent = t`Open a chat to see what its character remembers.`;
      return;
    }
    message.textContent = t`Loading…`;
    try {
      const memories = await client.memories({
        agent_id: character.value,
        query: search.value.trim(),
        limit,
      });
      if (thisLoad !== latestLoad) {
        return;
      }
      message.textContent = memories.length === 0 ? t`Nothing found.` : '';
      list.replaceChildren(...memories.map((memory) => card(memory, t, forget)));
      more.hidden = memories.length < limit || limit >= MOST;
    } catch (error) {
      if (thisLoad === latestLoad) {
        list.replaceChildren();
        message.textContent = errorText(error);
      }
    }
  }

  /** @param {unknown} error */
  function errorText(error) {
    return error instanceof RetrieverError
      ? troubleText(t, error.kind, error.detail)
      : troubleText(t, 'rejected', String(error));
  }

  /**
   * @param {import('./client.js').Memory} memory
   * @param {HTMLElement} element
   */
  async function forget(memory, element) {
    const question = document.createElement('div');
    question.append(heading(t`Forget this?`), paragraph(memory.text));
    const { callGenericPopup, POPUP_TYPE, POPUP_RESULT } = getContext();
    const answer = await callGenericPopup(question, POPUP_TYPE.CONFIRM, '', {
      okButton: t`Forget`,
      cancelButton: t`Cancel`,
    });
    if (answer !== POPUP_RESULT.AFFIRMATIVE) {
      return;
    }
    try {
      await client.forget(memory.id);
      element.remove();
      void load();
      toastr.success(t`Forgotten.`, t`Long-term memory`);
    } catch (error) {
      toastr.error(errorText(error), t`Long-term memory`);
    }
  }

  function loadFromStart() {
    limit = PAGE;
    void load();
  }

  /** @type {ReturnType<typeof setTimeout>|undefined} */
  let typing;
  search.addEventListener('input', () => {
    clearTimeout(typing);
    typing = setTimeout(loadFromStart, SEARCH_DELAY_MS);
  });
  character.addEventListener('change', loadFromStart);
  find(root, 'refresh').addEventListener('click', loadFromStart);
  more.addEventListener('click', () => {
    limit = MOST;
    void load();
  });
  void load();
}

/**
 * The character of a solo chat, or the members of a group.
 *
 * @param {STContext} context
 * @returns {{name: string, key: string}[]}
 */
export function charactersOnScreen(context) {
  const group = context.groups.find(({ id }) => id === context.groupId);
  if (!group) {
    const place = currentPlace(context);
    return place ? [{ name: place.char_name, key: place.agent_id }] : [];
  }
  return group.members.map((avatar) => ({
    name: context.characters.find((character) => character.avatar === avatar)?.name ?? avatar,
    key: characterKey(avatar),
  }));
}

/**
 * @param {import('./client.js').Memory} memory
 * @param {STContext['t']} t
 * @param {(memory: import('./client.js').Memory, element: HTMLElement) => void} [onForget]
 */
function card(memory, t, onForget) {
  const element = document.createElement('div');
  element.className = 'tavern_mem0_memory';
  const body = document.createElement('div');
  const facts = document.createElement('small');
  facts.textContent = provenance(t, memory).join(' · ');
  body.append(paragraph(memory.text), facts);
  element.append(body);
  if (onForget) {
    const button = document.createElement('div');
    button.className = 'menu_button fa-solid fa-trash-can tavern_mem0_forget';
    button.title = t`Forget`;
    button.addEventListener('click', () => onForget(memory, element));
    element.append(button);
  }
  return element;
}

/** @param {string} text */
function paragraph(text) {
  const element = document.createElement('div');
  element.className = 'tavern_mem0_text';
  element.textContent = text;
  return element;
}

/** @param {string} text */
function heading(text) {
  const element = document.createElement('h3');
  element.textContent = text;
  return element;
}

/** @param {string} text */
function shortened(text) {
  return text.length > 160 ? `${text.slice(0, 160)}…` : text;
}

/**
 * @param {HTMLElement} root
 * @param {string} name
 */
function find(root, name) {
  return /** @type {HTMLElement} */ (root.querySelector(`.tavern_mem0_${name}`));
}

/** Wires the extension to SillyTavern. */

import { createClient } from './client.js';
import { createInjection } from './injection.js';
import { createInterceptor } from './interceptor.js';
import { createJournal } from './journal.js';
import { createMemoryPanel } from './memory-panel.js';
import { createSettings } from './settings.js';
import { addSettingsPanel } from './settings-panel.js';
import { addSlashCommands } from './slash-commands.js';
import { troubleText } from './texts.js';

const getContext = () => SillyTavern.getContext();
const { t } = getContext();

/** `third-party/<folder>`, whatever the folder is called. */
const extensionName = new URL('.', import.meta.url).pathname
  .replace(/^.*\/scripts\/extensions\//, '')
  .replace(/\/$/, '');

const settings = createSettings(getContext);
const client = createClient({ getContext, settings });
const injection = createInjection(getContext);
const journal = createJournal({
  warn: ({ kind, detail }) =>
    toastr.warning(
      `${troubleText(t, kind, detail)} ${t`The chat goes on without memories.`}`,
      t`Long-term memory`,
      { escapeHtml: true, preventDuplicates: true },
    ),
});
const interceptor = createInterceptor({ getContext, settings, client, injection, journal });
const memoryPanel = createMemoryPanel({ getContext, client, journal, extensionName });

// The name is in manifest.json.
Object.assign(globalThis, { tavernMem0_intercept: interceptor.intercept });

const { eventSource, eventTypes } = getContext();
eventSource.makeLast(eventTypes.CHAT_COMPLETION_PROMPT_READY, injection.onPromptReady);
eventSource.on(eventTypes.GENERATION_STOPPED, interceptor.cancel);

const settingsPanel = await addSettingsPanel({
  getContext, settings, client, journal, openMemoryPanel: memoryPanel.open, extensionName,
});

eventSource.on(eventTypes.CHAT_CHANGED, () => {
  interceptor.cancel();
  injection.clear();
  settingsPanel.showPaused();
});

addSlashCommands({
  getContext, settings, client, journal, onPauseChanged: settingsPanel.showPaused,
});
addWandMenuEntry();

/** An entry in the menu beside the message field, where SillyTavern's users look for what extensions offer. */
function addWandMenuEntry() {
  const container = document.createElement('div');
  container.id = 'tavern_mem0_wand_container';
  container.className = 'extension_container';
  container.innerHTML = `
    <div id="tavern_mem0_wand" class="list-group-item flex-container flexGap5" tabindex="0">
      <div class="fa-solid fa-brain extensionsMenuExtensionButton"></div>
      <span></span>
    </div>`;
  const [entry] = container.children;
  /** @type {HTMLElement} */ (entry.querySelector('span')).textContent = t`What was remembered`;
  entry.addEventListener('click', memoryPanel.open);
  document.getElementById('extensionsMenu')?.append(container);
}

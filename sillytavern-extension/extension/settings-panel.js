/** The drawer in SillyTavern's extension settings. */

import { BOUNDS, DEFAULTS } from './settings.js';
import { RetrieverError } from './client.js';
import { outcomeText, troubleText } from './texts.js';

/**
 * @typedef {HTMLInputElement|HTMLSelectElement|HTMLTextAreaElement} Control
 * @typedef {keyof import('./settings.js').Settings} SettingName
 */

/**
 * @param {object} dependencies
 * @param {() => STContext} dependencies.getContext
 * @param {import('./settings.js').SettingsStore} dependencies.settings
 * @param {import('./client.js').Client} dependencies.client
 * @param {import('./journal.js').Journal} dependencies.journal
 * @param {() => void} dependencies.openMemoryPanel
 * @param {string} dependencies.extensionName folder of the extension, for its templates
 */
export async function addSettingsPanel({
  getContext, settings, client, journal, openMemoryPanel, extensionName,
}) {
  const html = await getContext().renderExtensionTemplateAsync(extensionName, 'settings');
  const container = /** @type {HTMLElement} */ (document.getElementById('extensions_settings2'));
  container.insertAdjacentHTML('beforeend', html);
  const root = /** @type {HTMLElement} */ (document.getElementById('tavern_mem0_settings'));
  const { t } = getContext();

  /** @param {string} id */
  const byId = (id) => /** @type {HTMLElement} */ (root.querySelector(`#tavern_mem0_${id}`));
  const controls = /** @type {Control[]} */ ([...root.querySelectorAll('[data-setting]')]);
  const paused = /** @type {HTMLInputElement} */ (byId('paused'));

  function showSettings() {
    const values = settings.get();
    for (const control of controls) {
      showValue(control, values[settingOf(control)]);
    }
    showDependents();
  }

  function showDependents() {
    const values = settings.get();
    byId('direct').hidden = values.connection !== 'direct';
    byId('rewrite').hidden = !values.mem0_query_rewrite_enabled;
  }

  function showPaused() {
    paused.checked = settings.isPaused();
    paused.disabled = !getContext().getCurrentChatId();
  }

  /**
   * @param {'info'|'hint'|'warning'|'error'} level
   * @param {string} text
   */
  function showStatus(level, text) {
    const status = byId('status');
    status.className = `info-block ${level}`;
    status.textContent = text;
  }

  function showLatest() {
    const outage = journal.outage();
    const last = journal.last();
    if (!settings.get().enabled) {
      showStatus('info', t`Memory is off.`);
    } else if (outage) {
      showStatus('warning', troubleText(t, outage.kind, outage.detail));
    } else if (last) {
      showStatus('hint', `${last.char_name}: ${outcomeText(t, last)}`);
    } else {
      showStatus('info', t`No reply was generated yet.`);
    }
  }

  async function checkConnection() {
    const button = byId('check');
    button.classList.add('disabled');
    showStatus('info', t`Testing…`);
    try {
      const elapsed = await client.check();
      journal.allIsWell();
      showStatus('hint', t`Connected. One search took ${elapsed} ms.`);
    } catch (error) {
      const kind = error instanceof RetrieverError ? error.kind : 'rejected';
      const detail = error instanceof RetrieverError ? error.detail : String(error);
      showStatus('error', troubleText(t, kind, detail));
    } finally {
      button.classList.remove('disabled');
    }
  }

  for (const control of controls) {
    if (control instanceof HTMLInputElement && control.type === 'number') {
      [control.min, control.max] = BOUNDS[settingOf(control)].map(String);
    }
    const isTyped = control instanceof HTMLTextAreaElement || !['checkbox', 'radio'].includes(control.type);
    control.addEventListener('input', () => {
      if (control instanceof HTMLInputElement && control.type === 'radio' && !control.checked) {
        return;
      }
      settings.update({ [settingOf(control)]: valueOf(control) });
      showDependents();
      showLatest();
    });
    if (isTyped) {
      // After typing, show what was made of it (numbers are brought into their bounds).
      control.addEventListener('change', showSettings);
    }
  }
  for (const button of root.querySelectorAll('[data-restore]')) {
    const name = /** @type {SettingName} */ (button.getAttribute('data-restore'));
    button.addEventListener('click', (event) => {
      event.preventDefault();
      settings.update({ [name]: DEFAULTS[name] });
      showSettings();
    });
  }
  paused.addEventListener('input', () => settings.setPaused(paused.checked));
  byId('open_panel').addEventListener('click', openMemoryPanel);
  byId('check').addEventListener('click', checkConnection);
  byId('reset').addEventListener('click', async () => {
    const { callGenericPopup, POPUP_TYPE, POPUP_RESULT } = getContext();
    const question = t`Set everything in this panel back to its default?`;
    if ((await callGenericPopup(question, POPUP_TYPE.CONFIRM)) === POPUP_RESULT.AFFIRMATIVE) {
      settings.update(DEFAULTS);
      showSettings();
      showLatest();
    }
  });

  journal.onChange(showLatest);
  showSettings();
  showPaused();
  showLatest();

  return {
    /** Another chat was opened, or its pause was changed elsewhere. */
    showPaused,
  };
}

/** @param {Control} control */
function settingOf(control) {
  return /** @type {SettingName} */ (control.dataset.setting);
}

/** @param {Control} control */
function valueOf(control) {
  if (control instanceof HTMLInputElement && control.type === 'checkbox') {
    return control.checked;
  }
  const isNumber = control.type === 'number' || control.dataset.type === 'number';
  return isNumber ? Number(control.value) : control.value;
}

/**
 * @param {Control} control
 * @param {string|number|boolean} value
 */
function showValue(control, value) {
  if (control instanceof HTMLInputElement && control.type === 'checkbox') {
    control.checked = Boolean(value);
  } else if (control instanceof HTMLInputElement && control.type === 'radio') {
    control.checked = control.value === value;
  } else {
    control.value = String(value);
  }
}

// The part of SillyTavern's client API (SillyTavern.getContext(), 1.14 to 1.19) that the extension uses.

interface STMessage {
  name?: string;
  mes: string;
  is_user?: boolean;
  /** Truthy means: not part of the prompt. Not always a boolean. */
  is_system?: boolean | string;
  send_date?: string | number;
  original_avatar?: string;
  swipes?: string[];
  extra?: {
    type?: string;
    tool_invocations?: unknown[];
    [key: string | symbol]: unknown;
  };
  /** Set on the copies that interceptors get: position among the messages that were in the prompt at first. */
  index?: number;
}

interface STCharacter {
  name: string;
  /** File name of the avatar, `Seraphina.png`. Its stem is the character's key. */
  avatar: string;
}

interface STGroup {
  id: string;
  name: string;
  members: string[];
  chat_id?: string;
}

interface STChatMetadata {
  integrity?: string;
  lastInContextMessageId?: number;
  tavern_mem0?: { paused?: boolean };
  [key: string]: unknown;
}

interface STPopupOptions {
  okButton?: string | boolean;
  cancelButton?: string | boolean;
  wide?: boolean;
  wider?: boolean;
  large?: boolean;
  leftAlign?: boolean;
  allowVerticalScrolling?: boolean;
}

interface STContext {
  chat: STMessage[];
  characters: STCharacter[];
  groups: STGroup[];
  name1: string;
  name2: string;
  /** Index into `characters`; in a group, the current speaker's while it generates. */
  characterId?: string | number;
  groupId?: string | null;
  chatMetadata: STChatMetadata;
  extensionSettings: Record<string, unknown>;
  eventSource: {
    on(event: string, listener: (...args: any[]) => unknown): void;
    makeLast(event: string, listener: (...args: any[]) => unknown): void;
  };
  eventTypes: Record<string, string>;
  symbols: { ignore: symbol };
  POPUP_TYPE: { TEXT: number; CONFIRM: number; DISPLAY: number };
  POPUP_RESULT: { AFFIRMATIVE: number };
  SlashCommandParser: {
    addCommandObject(command: unknown): void;
    commands: Record<string, { helpString: string } | undefined>;
  };
  SlashCommand: { fromProps(props: object): unknown };
  SlashCommandArgument: { fromProps(props: object): unknown };
  SlashCommandNamedArgument: { fromProps(props: object): unknown };
  ARGUMENT_TYPE: { STRING: string; NUMBER: string; BOOLEAN: string };
  getCurrentChatId(): string | undefined;
  getRequestHeaders(): Record<string, string>;
  isToolCallingSupported(): boolean;
  saveSettingsDebounced(): void;
  saveMetadata(): Promise<void>;
  setExtensionPrompt(
    key: string,
    value: string,
    position: number,
    depth: number,
    scan?: boolean,
    role?: number,
  ): void;
  substituteParams(text: string): string;
  renderExtensionTemplateAsync(
    extension: string,
    template: string,
    data?: object,
  ): Promise<string>;
  callGenericPopup(
    content: string | HTMLElement,
    type: number,
    input?: string,
    options?: STPopupOptions,
  ): Promise<unknown>;
  executeSlashCommandsWithOptions(text: string): Promise<{ pipe: unknown }>;
  selectCharacterById(index: number): Promise<void>;
  ToolManager: { registerFunctionTool(tool: object): void };
  onlineStatus: string;
  mainApi: string;
  t(strings: TemplateStringsArray, ...values: unknown[]): string;
}

declare var SillyTavern: { getContext(): STContext };

interface Toastr {
  info(text: string, title?: string, options?: object): void;
  success(text: string, title?: string, options?: object): void;
  warning(text: string, title?: string, options?: object): void;
  error(text: string, title?: string, options?: object): void;
}
declare const toastr: Toastr;

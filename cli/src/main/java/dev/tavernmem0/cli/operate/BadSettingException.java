package dev.tavernmem0.cli.operate;

/** A setting that cannot be used. The message names it, what is wrong with it and the fix. */
final class BadSettingException extends RuntimeException {
  BadSettingException(String message) {
    super(message);
  }
}

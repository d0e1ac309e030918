package dev.tavernmem0.cli.operate;

import org.jspecify.annotations.Nullable;
import tools.jackson.databind.node.ObjectNode;

/** Why a command was not carried out. Holds no chat text and no key. */
public abstract sealed class OperateException extends RuntimeException
    permits RefusedException,
        NotReachableException,
        NotFoundException,
        NotReadException,
        NotWrittenException {
  private final int exitCode;
  private final @Nullable String mend;

  /**
   * @param message what is wrong, in one sentence
   * @param mend what to do; null if there is nothing to say
   */
  OperateException(int exitCode, String message, @Nullable String mend) {
    super(message);
    this.exitCode = exitCode;
    this.mend = mend;
  }

  int exitCode() {
    return exitCode;
  }

  public @Nullable String mend() {
    return mend;
  }

  /** The message without what stands beside it anyway. */
  String brief() {
    return String.valueOf(getMessage());
  }

  /** For programs. */
  abstract ObjectNode json();
}

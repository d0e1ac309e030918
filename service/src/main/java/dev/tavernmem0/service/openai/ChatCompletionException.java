package dev.tavernmem0.service.openai;

import org.jspecify.annotations.Nullable;

/**
 * The language model gave no completion. Its message holds nothing of what was sent or answered.
 */
public final class ChatCompletionException extends RuntimeException {
  private final Kind kind;

  ChatCompletionException(Kind kind, String message, @Nullable Throwable cause) {
    super(message, cause);
    this.kind = kind;
  }

  public Kind kind() {
    return kind;
  }

  /** Why. */
  public enum Kind {
    /** 401. */
    UNAUTHORIZED(false),
    /** 429. */
    RATE_LIMITED(true),
    /**
     * 400 or 422; 403, by which some providers refuse what is said, and some a model; or a model
     * that refuses to answer: the same request will not do better.
     */
    BAD_REQUEST(false),
    /** Another status that is neither success nor the server's own failure. */
    REFUSED(false),
    /** No answer, or not all of it, in time. */
    TIMEOUT(true),
    /** No connection, a broken one, or a status of 500 and above. */
    UNAVAILABLE(true),
    /** Not JSON, too long, or without {@code choices[0].message.content}. */
    MALFORMED(true);

    private final boolean isTransient;

    Kind(boolean isTransient) {
      this.isTransient = isTransient;
    }

    /** Whether the same call may succeed later. */
    public boolean isTransient() {
      return isTransient;
    }

    static Kind ofStatus(int status) {
      return switch (status) {
        case 401 -> UNAUTHORIZED;
        case 429 -> RATE_LIMITED;
        case 400, 403, 422 -> BAD_REQUEST;
        default -> status >= 500 ? UNAVAILABLE : REFUSED;
      };
    }
  }
}

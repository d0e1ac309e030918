package dev.tavernmem0.embedded.memory.extraction;

import org.jspecify.annotations.Nullable;

/** The language model gave no answer. */
public final class LlmException extends RuntimeException {
  private final Kind kind;

  LlmException(Kind kind, @Nullable Throwable cause) {
    super(kind.message, cause);
    this.kind = kind;
  }

  public Kind kind() {
    return kind;
  }

  /** Why, with mem0's code for it. */
  public enum Kind {
    AUTH_FAILED("provider_auth_failed", "Provider rejected the request (authentication)."),
    RATE_LIMITED("provider_rate_limited", "Provider rate limit hit. Retry shortly."),
    TIMEOUT("provider_timeout", "Provider timed out. Retry shortly."),
    UNAVAILABLE("provider_unavailable", "Provider is unreachable or returned a server error."),
    BAD_REQUEST("provider_bad_request", "Provider rejected the request as malformed."),
    UNKNOWN("unknown", "Upstream provider error.");

    private final String code;
    private final String message;

    Kind(String code, String message) {
      this.code = code;
      this.message = message;
    }

    public String code() {
      return code;
    }

    static Kind ofStatus(int status) {
      return switch (status) {
        case 401, 403 -> AUTH_FAILED;
        case 429 -> RATE_LIMITED;
        case 400, 422 -> BAD_REQUEST;
        default -> status >= 500 ? UNAVAILABLE : UNKNOWN;
      };
    }
  }
}

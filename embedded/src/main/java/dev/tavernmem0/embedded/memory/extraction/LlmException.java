package dev.tavernmem0.embedded.memory.extraction;

import dev.tavernmem0.service.openai.ChatCompletionException;

/** The language model gave no answer. */
public final class LlmException extends RuntimeException {
  private final Code code;

  LlmException(ChatCompletionException cause) {
    this(Code.of(cause.kind()), cause);
  }

  private LlmException(Code code, ChatCompletionException cause) {
    super(code.message, cause);
    this.code = code;
  }

  /** Why, in mem0's words. */
  public String code() {
    return code.code;
  }

  private enum Code {
    AUTH_FAILED("provider_auth_failed", "Provider rejected the request (authentication)."),
    RATE_LIMITED("provider_rate_limited", "Provider rate limit hit. Retry shortly."),
    TIMEOUT("provider_timeout", "Provider timed out. Retry shortly."),
    UNAVAILABLE("provider_unavailable", "Provider is unreachable or returned a server error."),
    BAD_REQUEST("provider_bad_request", "Provider rejected the request as malformed."),
    UNKNOWN("unknown", "Upstream provider error.");

    private final String code;
    private final String message;

    Code(String code, String message) {
      this.code = code;
      this.message = message;
    }

    static Code of(ChatCompletionException.Kind kind) {
      return switch (kind) {
        case UNAUTHORIZED -> AUTH_FAILED;
        case RATE_LIMITED -> RATE_LIMITED;
        case TIMEOUT -> TIMEOUT;
        case UNAVAILABLE -> UNAVAILABLE;
        case BAD_REQUEST -> BAD_REQUEST;
        case REFUSED, MALFORMED -> UNKNOWN;
      };
    }
  }
}

package dev.tavernmem0.common.mem0;

import org.jspecify.annotations.Nullable;

/**
 * A call to mem0 failed. Which subclass says what the caller may do. Messages name the operation
 * and the server's code, never chat text or keys.
 */
public abstract sealed class Mem0Exception extends RuntimeException {
  private final @Nullable Integer status;
  private final @Nullable String code;

  private Mem0Exception(
      String message, @Nullable Integer status, @Nullable String code, @Nullable Throwable cause) {
    super(message, cause);
    this.status = status;
    this.code = code;
  }

  /** HTTP status; null if there was no answer. */
  public @Nullable Integer status() {
    return status;
  }

  /** mem0's error code, such as {@code provider_rate_limited}; null if it gave none. */
  public @Nullable String code() {
    return code;
  }

  /** Short name for metrics and headers: transient, permanent, auth or ambiguous. */
  public abstract String kind();

  /** A passing failure; nothing was changed. Repeating the same call later can succeed. */
  public static final class Transient extends Mem0Exception {
    public Transient(
        String message,
        @Nullable Integer status,
        @Nullable String code,
        @Nullable Throwable cause) {
      super(message, status, code, cause);
    }

    @Override
    public String kind() {
      return "transient";
    }
  }

  /** mem0 refuses this call and will refuse it again. */
  public static final class Permanent extends Mem0Exception {
    public Permanent(String message, @Nullable Integer status, @Nullable String code) {
      super(message, status, code, null);
    }

    @Override
    public String kind() {
      return "permanent";
    }
  }

  /**
   * Credentials are wrong: ours for mem0, or mem0's for its model provider. Every call will fail
   * until an operator mends it.
   */
  public static final class Auth extends Mem0Exception {
    public Auth(String message, @Nullable Integer status, @Nullable String code) {
      super(message, status, code, null);
    }

    @Override
    public String kind() {
      return "auth";
    }
  }

  /** A write that may have been carried out. Look before repeating it. */
  public static final class Ambiguous extends Mem0Exception {
    public Ambiguous(
        String message,
        @Nullable Integer status,
        @Nullable String code,
        @Nullable Throwable cause) {
      super(message, status, code, cause);
    }

    @Override
    public String kind() {
      return "ambiguous";
    }
  }
}

package dev.tavernmem0.embedded.memory.store;

import java.util.List;
import java.util.Set;

/** The keys of a payload that mem0 gives a meaning; all others are the caller's metadata. */
public final class PayloadKeys {
  /** The memory's text. */
  public static final String DATA = "data";

  /** MD5 of the text, in hex. */
  public static final String HASH = "hash";

  public static final String CREATED_AT = "created_at";
  public static final String UPDATED_AT = "updated_at";
  public static final String ACTOR_ID = "actor_id";
  public static final String ROLE = "role";
  public static final String ATTRIBUTED_TO = "attributed_to";

  /** Last day, {@code YYYY-MM-DD} in UTC, on which the memory is found and listed. */
  public static final String EXPIRATION_DATE = "expiration_date";

  /** The ids that a scope is made of. */
  public static final List<String> SCOPE = List.of("user_id", "agent_id", "run_id");

  /** Keys that say whose memory it is; metadata can neither set nor change them. */
  public static final Set<String> IDENTITY = Set.of("user_id", "agent_id", "run_id", ACTOR_ID);

  private PayloadKeys() {}
}

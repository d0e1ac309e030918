package dev.tavernmem0.watcher.track;

import dev.tavernmem0.common.event.Turn;
import dev.tavernmem0.common.event.TurnEvent;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Something to publish, with the state that holds once it is published. State only moves with a
 * record, as Kafka Connect has it.
 */
public sealed interface Emission {
  Map<String, String> partition();

  Map<String, Object> offset();

  /** How much text it carries, roughly. */
  int chars();

  /** A turn's change. */
  record OfTurn(TurnEvent event, Map<String, String> partition, Map<String, Object> offset)
      implements Emission {
    @Override
    public int chars() {
      Turn after = event.after();
      String raw = event.source().raw();
      return (after == null ? 0 : after.text().length()) + (raw == null ? 0 : raw.length());
    }
  }

  /**
   * The watcher's own state, for whoever wants to see which chats there are.
   *
   * @param key what it is about
   * @param json the state; null if it is of no use to a reader
   */
  record OfState(
      String key, @Nullable String json, Map<String, String> partition, Map<String, Object> offset)
      implements Emission {
    @Override
    public int chars() {
      return json == null ? 0 : json.length();
    }
  }

  /**
   * Which scope id a character has.
   *
   * @param key the character
   * @param json null if no character has that name any more
   */
  record OfCharacter(
      String key, @Nullable String json, Map<String, String> partition, Map<String, Object> offset)
      implements Emission {
    /** The same, with another state behind it. */
    OfCharacter with(Map<String, Object> state) {
      return new OfCharacter(key, json, partition, state);
    }

    @Override
    public int chars() {
      return json == null ? 0 : json.length();
    }
  }

  /**
   * How a snapshot goes on.
   *
   * @param key the snapshot's id
   */
  record OfNotification(
      String key, String json, Map<String, String> partition, Map<String, Object> offset)
      implements Emission {
    @Override
    public int chars() {
      return json.length();
    }
  }
}

package dev.tavernmem0.embedded.memory.filter;

import java.math.BigDecimal;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * A condition on a memory's payload, with the meaning that mem0 gives it on PostgreSQL: fields are
 * compared as text ({@code payload->>key}), ordered comparisons as numbers, and a condition on a
 * field that is missing holds neither as it stands nor negated.
 */
public sealed interface MetadataFilter {
  /** Every memory. */
  static MetadataFilter any() {
    return new And(List.of());
  }

  /** Whether a memory with this payload satisfies the filter. */
  default boolean matches(ObjectNode payload) {
    return evaluate(payload) == Truth.TRUE;
  }

  Truth evaluate(ObjectNode payload);

  /** All of them hold; with none, it holds. */
  record And(List<MetadataFilter> filters) implements MetadataFilter {
    @Override
    public Truth evaluate(ObjectNode payload) {
      Truth result = Truth.TRUE;
      for (MetadataFilter filter : filters) {
        Truth truth = filter.evaluate(payload);
        if (truth == Truth.FALSE) {
          return Truth.FALSE;
        }
        if (truth == Truth.UNKNOWN) {
          result = Truth.UNKNOWN;
        }
      }
      return result;
    }
  }

  /** At least one of them holds. */
  record Or(List<MetadataFilter> filters) implements MetadataFilter {
    @Override
    public Truth evaluate(ObjectNode payload) {
      Truth result = Truth.FALSE;
      for (MetadataFilter filter : filters) {
        Truth truth = filter.evaluate(payload);
        if (truth == Truth.TRUE) {
          return Truth.TRUE;
        }
        if (truth == Truth.UNKNOWN) {
          result = Truth.UNKNOWN;
        }
      }
      return result;
    }
  }

  /** It does not hold. */
  record Not(MetadataFilter filter) implements MetadataFilter {
    @Override
    public Truth evaluate(ObjectNode payload) {
      return filter.evaluate(payload).negate();
    }
  }

  /** The field is there, even as null; mem0's {@code "*"}. */
  record Present(String key) implements MetadataFilter {
    @Override
    public Truth evaluate(ObjectNode payload) {
      return Truth.of(payload.has(key));
    }
  }

  /** The field's text is one of these; {@code eq} and {@code in}. */
  record OneOf(String key, List<String> values) implements MetadataFilter {
    @Override
    public Truth evaluate(ObjectNode payload) {
      String text = PostgresText.of(payload.get(key));
      return text == null ? Truth.UNKNOWN : Truth.of(values.contains(text));
    }
  }

  /** The field's text has this in it. */
  record Contains(String key, String part, boolean ignoreCase) implements MetadataFilter {
    @Override
    public Truth evaluate(ObjectNode payload) {
      String text = PostgresText.of(payload.get(key));
      if (text == null) {
        return Truth.UNKNOWN;
      }
      return Truth.of(
          ignoreCase
              ? text.toLowerCase(Locale.ROOT).contains(part.toLowerCase(Locale.ROOT))
              : text.contains(part));
    }
  }

  /** The field is a number on this side of the bound. */
  record Range(String key, Order order, BigDecimal bound) implements MetadataFilter {
    @Override
    public Truth evaluate(ObjectNode payload) {
      BigDecimal number = number(payload.get(key));
      return number == null ? Truth.UNKNOWN : Truth.of(order.holds(number.compareTo(bound)));
    }

    private static @Nullable BigDecimal number(@Nullable JsonNode value) {
      String text = PostgresText.of(value);
      if (text == null) {
        return null;
      }
      try {
        return new BigDecimal(text.strip());
      } catch (NumberFormatException notANumber) {
        return null;
      }
    }
  }

  /** Which side of the bound. */
  enum Order {
    GT,
    GTE,
    LT,
    LTE;

    boolean holds(int comparison) {
      return switch (this) {
        case GT -> comparison > 0;
        case GTE -> comparison >= 0;
        case LT -> comparison < 0;
        case LTE -> comparison <= 0;
      };
    }
  }
}

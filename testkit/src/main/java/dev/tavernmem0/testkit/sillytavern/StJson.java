package dev.tavernmem0.testkit.sillytavern;

import java.util.Locale;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.SerializableString;
import tools.jackson.core.StreamReadConstraints;
import tools.jackson.core.io.CharacterEscapes;
import tools.jackson.core.io.SerializedString;
import tools.jackson.core.json.JsonFactory;
import tools.jackson.core.json.JsonWriteFeature;
import tools.jackson.core.util.DefaultIndenter;
import tools.jackson.core.util.DefaultPrettyPrinter;
import tools.jackson.core.util.Separators;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.ObjectWriter;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/** JSON with the bytes of {@code JSON.stringify}. */
final class StJson {
  private static final JsonMapper MAPPER =
      JsonMapper.builder(
              JsonFactory.builder()
                  .streamReadConstraints(
                      StreamReadConstraints.builder().maxStringLength(Integer.MAX_VALUE).build())
                  .disable(JsonWriteFeature.ESCAPE_FORWARD_SLASHES)
                  .characterEscapes(new LowerCaseEscapes())
                  .build())
          .build();

  private static final ObjectWriter INDENTED = MAPPER.writer().with(indentedByFour());

  private StJson() {}

  static ObjectNode object() {
    return MAPPER.createObjectNode();
  }

  static JsonNode parse(String json) {
    return MAPPER.readTree(json);
  }

  static String stringify(JsonNode node) {
    return MAPPER.writeValueAsString(node);
  }

  /** {@code JSON.stringify(node, null, 4)}. */
  static String stringifyIndented(JsonNode node) {
    return INDENTED.writeValueAsString(node);
  }

  private static DefaultPrettyPrinter indentedByFour() {
    DefaultIndenter indenter = new DefaultIndenter("    ", "\n");
    return new DefaultPrettyPrinter(
            Separators.createDefaultInstance()
                .withObjectNameValueSpacing(Separators.Spacing.AFTER)
                .withObjectEmptySeparator("")
                .withArrayEmptySeparator(""))
        .withObjectIndenter(indenter)
        .withArrayIndenter(indenter);
  }

  /** JavaScript writes control characters with lower-case digits. */
  private static final class LowerCaseEscapes extends CharacterEscapes {
    private static final long serialVersionUID = 1L;
    private static final String SHORT_ESCAPES = "\b\t\n\f\r";

    @Override
    public int[] getEscapeCodesForAscii() {
      int[] codes = standardAsciiEscapesForJSON();
      for (int c = 0; c < ' '; c++) {
        if (SHORT_ESCAPES.indexOf(c) < 0) {
          codes[c] = ESCAPE_CUSTOM;
        }
      }
      return codes;
    }

    @Override
    public @Nullable SerializableString getEscapeSequence(int c) {
      return c >= ' ' ? null : new SerializedString(String.format(Locale.ROOT, "\\u%04x", c));
    }
  }
}

package dev.tavernmem0.watcher.chatfile;

import dev.tavernmem0.common.event.Role;
import java.nio.charset.StandardCharsets;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;
import tools.jackson.core.ObjectReadContext;
import tools.jackson.core.StreamReadConstraints;
import tools.jackson.core.TokenStreamFactory;
import tools.jackson.core.TokenStreamLocation;
import tools.jackson.core.exc.StreamConstraintsException;
import tools.jackson.core.json.JsonFactory;

/**
 * Reads one line of a chat file by streaming: only the fields that matter become objects, swipes
 * are counted and skipped. Reads what JavaScript would: {@code is_system} may be {@code ""},
 * invalid UTF-8 becomes U+FFFD, of a field that is there twice the last counts. Whatever reading a
 * line throws is that line's fault. Thread-safe.
 */
final class ChatLineParser {
  /** {@code extra.type} of SillyTavern's own messages: help texts, notes, command output. */
  private static final Set<String> SYSTEM_TYPES =
      Set.of(
          "help",
          "welcome",
          "empty",
          "generic",
          "comment",
          "slash_commands",
          "formatting",
          "hotkeys",
          "macros",
          "welcome_prompt",
          "assistant_note");

  /** Longer ones are none: they become parts of keys. SillyTavern's are UUIDs and file names. */
  private static final int LONGEST_ID = 256;

  /** Names and numbers may be as long as the line: they are compared or skipped, not computed. */
  private static final JsonFactory JSON =
      JsonFactory.builder()
          .disable(TokenStreamFactory.Feature.CHARSET_DETECTION)
          .streamReadConstraints(
              StreamReadConstraints.builder()
                  .maxStringLength(Integer.MAX_VALUE)
                  .maxNameLength(Integer.MAX_VALUE)
                  .maxNumberLength(Integer.MAX_VALUE)
                  .maxNestingDepth(1000)
                  .build())
          .build();

  private final ZoneId zone;

  /** {@code zone} is that of the browser, for old dates in local time. */
  ChatLineParser(ZoneId zone) {
    this.zone = zone;
  }

  ChatLine parse(byte[] bytes, int offset, int length) {
    try {
      return read(bytes, offset, length);
    } catch (RuntimeException | StackOverflowError e) {
      // The class only: a message may quote the chat.
      return new ChatLine.Bad("cannot be read (" + e.getClass().getSimpleName() + ")");
    }
  }

  private ChatLine read(byte[] bytes, int offset, int length) {
    if (holdsFalseCharacters(bytes, offset, length)) {
      return read(new String(bytes, offset, length, StandardCharsets.UTF_8));
    }
    try (JsonParser json = JSON.createParser(ObjectReadContext.empty(), bytes, offset, length)) {
      return new Fields().read(json);
    } catch (JacksonException e) {
      // The bytes may merely be no UTF-8.
      String text = new String(bytes, offset, length, StandardCharsets.UTF_8);
      return text.indexOf('\uFFFD') < 0 ? bad(e) : read(text);
    }
  }

  private ChatLine read(String text) {
    try (JsonParser json = JSON.createParser(ObjectReadContext.empty(), text)) {
      return new Fields().read(json);
    } catch (JacksonException e) {
      return bad(e);
    }
  }

  /**
   * Whether there are bytes that are no UTF-8 and that Jackson takes for characters: overlong
   * forms, halves of surrogate pairs, what is beyond Unicode.
   */
  private static boolean holdsFalseCharacters(byte[] bytes, int offset, int length) {
    for (int i = offset; i < offset + length - 1; i++) {
      if (bytes[i] < 0 && isFalse(bytes[i] & 0xFF, bytes[i + 1] & 0xFF)) {
        return true;
      }
    }
    return false;
  }

  private static boolean isFalse(int lead, int next) {
    return switch (lead) {
      case 0xC0, 0xC1 -> true;
      case 0xE0 -> next < 0xA0;
      case 0xED -> next >= 0xA0;
      case 0xF0 -> next < 0x90;
      case 0xF4 -> next >= 0x90;
      default -> lead >= 0xF5;
    };
  }

  private static ChatLine bad(JacksonException e) {
    if (e instanceof StreamConstraintsException) {
      return new ChatLine.Bad("nested too deeply, or otherwise made to take long");
    }
    TokenStreamLocation at = e.getLocation();
    return new ChatLine.Bad(
        "no JSON" + (at == null || at.getColumnNr() < 0 ? "" : " from column " + at.getColumnNr()));
  }

  /** The fields of one line as they come along. */
  private final class Fields {
    private boolean header;
    private @Nullable String integrity;
    private @Nullable String mainChat;
    private @Nullable String mes;
    private String name = "";
    private @Nullable String avatar;
    private @Nullable SendDate sendDate;
    private boolean user;
    private boolean hidden;
    private @Nullable String type;
    private boolean toolCalls;
    private int swipe;
    private int swipes;
    private final List<Long> swipeDates = new ArrayList<>();

    ChatLine read(JsonParser json) {
      if (json.nextToken() != JsonToken.START_OBJECT) {
        return new ChatLine.Bad("no JSON object");
      }
      while (json.nextToken() == JsonToken.PROPERTY_NAME) {
        String field = json.currentName();
        json.nextToken();
        field(json, field);
      }
      if (json.nextToken() != null) {
        return new ChatLine.Bad("more than one JSON object");
      }
      if (mes != null) {
        return new ChatLine.Message(message(mes));
      }
      return header
          ? new ChatLine.Header(new ChatHeader(integrity, mainChat))
          : new ChatLine.Bad("neither a message (no mes) nor a header (no chat_metadata)");
    }

    private void field(JsonParser json, String field) {
      switch (field) {
        case "mes" -> mes = scalar(json);
        case "name" -> name = orEmpty(scalar(json));
        case "original_avatar" -> avatar = emptyToNull(scalar(json));
        case "send_date" -> sendDate = date(json);
        case "is_user" -> user = truthy(json);
        case "is_system" -> hidden = truthy(json);
        case "swipe_id" -> swipe = index(scalar(json));
        case "swipes" -> swipes = countElements(json);
        case "swipe_info" -> swipeInfo(json);
        case "extra" -> extra(json);
        case "chat_metadata" -> {
          header = true;
          chatMetadata(json);
        }
        case "user_name" -> {
          header = true;
          json.skipChildren();
        }
        default -> json.skipChildren();
      }
    }

    private void extra(JsonParser json) {
      type = null;
      toolCalls = false;
      forEachField(
          json,
          field -> {
            switch (field) {
              case "type" -> type = scalar(json);
              case "tool_invocations" -> toolCalls = truthy(json);
              default -> json.skipChildren();
            }
          });
    }

    private void chatMetadata(JsonParser json) {
      integrity = null;
      mainChat = null;
      forEachField(
          json,
          field -> {
            switch (field) {
              case "integrity" -> integrity = id(scalar(json));
              case "main_chat" -> mainChat = id(scalar(json));
              default -> json.skipChildren();
            }
          });
    }

    private void swipeInfo(JsonParser json) {
      swipeDates.clear();
      if (json.currentToken() != JsonToken.START_ARRAY) {
        json.skipChildren();
        return;
      }
      while (json.nextToken() != JsonToken.END_ARRAY) {
        forEachField(
            json,
            field -> {
              SendDate date = field.equals("send_date") ? date(json) : null;
              if (date != null) {
                swipeDates.add(date.key());
              } else {
                json.skipChildren();
              }
            });
      }
    }

    /** A date that is an object or a list is there and cannot be read. */
    private @Nullable SendDate date(JsonParser json) {
      String raw = json.currentToken().isStructStart() ? json.getString() : scalar(json);
      json.skipChildren();
      return raw == null || raw.isBlank() ? null : SendDate.parse(raw, zone);
    }

    private ChatMessage message(String text) {
      return new ChatMessage(
          role(),
          replaceLoneSurrogates(name),
          avatar == null ? null : replaceLoneSurrogates(avatar),
          replaceLoneSurrogates(text),
          sendDate,
          hidden,
          Math.max(0, swipe),
          Math.max(1, swipes),
          swipeDates);
    }

    private Role role() {
      if (user) {
        return Role.USER;
      }
      if ("narrator".equals(type)) {
        return Role.NARRATOR;
      }
      return toolCalls || (type != null && SYSTEM_TYPES.contains(type))
          ? Role.SYSTEM
          : Role.ASSISTANT;
    }
  }

  private interface FieldReader {
    void read(String field);
  }

  /** Calls {@code reader} with the parser on each field's value; anything but an object is none. */
  private static void forEachField(JsonParser json, FieldReader reader) {
    if (json.currentToken() != JsonToken.START_OBJECT) {
      json.skipChildren();
      return;
    }
    while (json.nextToken() == JsonToken.PROPERTY_NAME) {
      String field = json.currentName();
      json.nextToken();
      reader.read(field);
    }
  }

  private static @Nullable String scalar(JsonParser json) {
    if (json.currentToken().isStructStart()) {
      json.skipChildren();
      return "";
    }
    return json.currentToken() == JsonToken.VALUE_NULL ? null : json.getString();
  }

  private static boolean truthy(JsonParser json) {
    JsonToken token = json.currentToken();
    if (token.isStructStart()) {
      json.skipChildren();
      return true;
    }
    return switch (token) {
      case VALUE_TRUE -> true;
      case VALUE_STRING -> !json.getString().isEmpty();
      // Infinity, as JavaScript has it, if the exponent is huge.
      case VALUE_NUMBER_INT, VALUE_NUMBER_FLOAT -> Double.parseDouble(json.getString()) != 0;
      default -> false;
    };
  }

  private static int index(@Nullable String number) {
    try {
      return number == null || number.isEmpty() ? 0 : (int) Double.parseDouble(number);
    } catch (NumberFormatException e) {
      return 0;
    }
  }

  private static int countElements(JsonParser json) {
    int count = 0;
    if (json.currentToken() == JsonToken.START_ARRAY) {
      while (json.nextToken() != JsonToken.END_ARRAY) {
        json.skipChildren();
        count++;
      }
    } else {
      json.skipChildren();
    }
    return count;
  }

  private static String orEmpty(@Nullable String text) {
    return text == null ? "" : text;
  }

  private static @Nullable String emptyToNull(@Nullable String text) {
    return text == null || text.isEmpty() ? null : text;
  }

  private static @Nullable String id(@Nullable String text) {
    return text == null || text.isEmpty() || text.length() > LONGEST_ID
        ? null
        : replaceLoneSurrogates(text);
  }

  private static String replaceLoneSurrogates(String text) {
    StringBuilder replaced = null;
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      if (!Character.isSurrogate(c)) {
        continue;
      }
      if (Character.isHighSurrogate(c)
          && i + 1 < text.length()
          && Character.isLowSurrogate(text.charAt(i + 1))) {
        i++;
      } else {
        replaced = replaced == null ? new StringBuilder(text) : replaced;
        replaced.setCharAt(i, '\uFFFD');
      }
    }
    return replaced == null ? text : replaced.toString();
  }
}

package dev.tavernmem0.testkit.sillytavern;

import java.io.ByteArrayOutputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.zip.CRC32;
import java.util.zip.DeflaterOutputStream;
import tools.jackson.databind.node.ObjectNode;

/**
 * A character's PNG file: one pixel, and the character (chara_card_v2) in base64 in a {@code tEXt}
 * chunk with the keyword {@code chara}.
 */
final class CharacterCard {
  private static final byte[] SIGNATURE = {(byte) 0x89, 'P', 'N', 'G', '\r', '\n', 0x1A, '\n'};

  private CharacterCard() {}

  static byte[] png(ObjectNode card) {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (DataOutputStream png = new DataOutputStream(bytes)) {
      png.write(SIGNATURE);
      chunk(png, "IHDR", new byte[] {0, 0, 0, 1, 0, 0, 0, 1, 8, 2, 0, 0, 0});
      chunk(png, "IDAT", deflated(new byte[] {0, 0x6B, 0x4F, 0x3A}));
      String base64 =
          Base64.getEncoder()
              .encodeToString(StJson.stringify(card).getBytes(StandardCharsets.UTF_8));
      chunk(png, "tEXt", ("chara\0" + base64).getBytes(StandardCharsets.ISO_8859_1));
      chunk(png, "IEND", new byte[0]);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return bytes.toByteArray();
  }

  /** The character as SillyTavern's form makes it ({@code charaFormatData}), with few fields. */
  static ObjectNode card(SimulatedCharacter character, String chat) {
    ObjectNode card = StJson.object();
    card.put("name", character.name());
    card.put("description", character.description());
    card.put("personality", "");
    card.put("scenario", "");
    card.put("first_mes", character.greeting());
    card.put("mes_example", "");
    card.put("avatar", "none");
    card.put("chat", chat);
    card.put("spec", "chara_card_v2");
    card.put("spec_version", "2.0");
    ObjectNode data = card.putObject("data");
    data.put("name", character.name());
    data.put("description", character.description());
    data.put("personality", "");
    data.put("scenario", "");
    data.put("first_mes", character.greeting());
    data.put("mes_example", "");
    data.put("creator_notes", "");
    data.put("system_prompt", "");
    data.put("post_history_instructions", "");
    data.putArray("tags");
    data.put("creator", "");
    data.put("character_version", "");
    var greetings = data.putArray("alternate_greetings");
    character.alternateGreetings().forEach(greetings::add);
    ObjectNode extensions = data.putObject("extensions");
    extensions.put("talkativeness", 0.5);
    extensions.put("fav", false);
    extensions.put("world", "");
    return card;
  }

  private static void chunk(DataOutputStream png, String type, byte[] data) throws IOException {
    byte[] name = type.getBytes(StandardCharsets.US_ASCII);
    CRC32 crc = new CRC32();
    crc.update(name);
    crc.update(data);
    png.writeInt(data.length);
    png.write(name);
    png.write(data);
    png.writeInt((int) crc.getValue());
  }

  private static byte[] deflated(byte[] row) throws IOException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (DeflaterOutputStream out = new DeflaterOutputStream(bytes)) {
      out.write(row);
    }
    return bytes.toByteArray();
  }
}

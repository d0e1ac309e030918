package dev.tavernmem0.watcher.chatfile;

import dev.tavernmem0.common.json.Json;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/** A message line as SillyTavern 1.19 writes it, for tests; each action gives the line after it. */
public record Line(
    String name, boolean user, boolean hidden, String date, String mes, List<String> swipeDates) {

  public static Line user(String mes, int minute) {
    return new Line("Eve", true, false, at(minute), mes, List.of());
  }

  public static Line ai(String mes, int minute) {
    return new Line("Seraphina", false, false, at(minute), mes, List.of(at(minute)));
  }

  public static String at(int minute) {
    return Instant.parse("2026-11-01T10:00:00Z").plusSeconds(60L * minute).toString();
  }

  public Line edited(String newMes) {
    return new Line(name, user, hidden, date, newMes, swipeDates);
  }

  public Line hiddenAs(boolean nowHidden) {
    return new Line(name, user, nowHidden, date, mes, swipeDates);
  }

  public Line swiped(String newMes, int minute) {
    List<String> dates = new ArrayList<>(swipeDates);
    dates.add(at(minute));
    return new Line(name, user, hidden, at(minute), newMes, dates);
  }

  public Line continued(String more, int minute) {
    return new Line(name, user, hidden, at(minute), mes + more, List.of(at(minute)));
  }

  public Line regenerated(String newMes, int minute) {
    return new Line(name, user, hidden, at(minute), newMes, List.of(at(minute)));
  }

  public String json() {
    Map<String, Object> fields = new LinkedHashMap<>();
    fields.put("name", name);
    fields.put("is_user", user);
    fields.put("is_system", hidden);
    fields.put("send_date", date);
    fields.put("mes", mes);
    fields.put("extra", Map.of());
    if (!swipeDates.isEmpty()) {
      fields.put("swipe_id", swipeDates.size() - 1);
      fields.put("swipes", swipeDates.stream().map(d -> "…").toList());
      fields.put(
          "swipe_info",
          swipeDates.stream().map(d -> Map.of("send_date", d, "extra", Map.of())).toList());
    }
    return Json.MAPPER.writeValueAsString(fields);
  }

  public static String header(String integrity) {
    return "{\"chat_metadata\":{\"integrity\":\""
        + integrity
        + "\"},\"user_name\":\"unused\",\"character_name\":\"unused\"}";
  }

  /** A chat file: header and messages, no trailing newline. */
  public static String chat(String integrity, List<Line> lines) {
    return header(integrity)
        + lines.stream().map(line -> "\n" + line.json()).collect(Collectors.joining());
  }

  public static ChatFile file(List<Line> lines) {
    return file(chat("test", lines));
  }

  public static ChatFile file(String text) {
    return ChatFile.read(
        text.getBytes(StandardCharsets.UTF_8), 1 << 20, KnownLines.NONE, ZoneOffset.UTC);
  }
}

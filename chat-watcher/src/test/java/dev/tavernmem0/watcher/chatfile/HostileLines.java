package dev.tavernmem0.watcher.chatfile;

import java.util.List;

/** Lines that stopped a reader once, or could. */
public final class HostileLines {
  /** Each stopped the whole watcher. */
  public static final List<String> STOPPERS =
      List.of(
          "{\"mes\":\"it stopped\",\"is_user\":1e99999999999}",
          "{\"mes\":\"it stopped\",\"send_date\":\"+1000000000-01-01T00:00:00Z\"}");

  /** JSON values, each of which may be the value of any field. */
  static final List<String> VALUES =
      List.of(
          "1e99999999999",
          "-1E+99999999999",
          "1e-99999999999",
          "0e99999999999",
          "-0.0",
          "9".repeat(5000),
          "0." + "0".repeat(5000) + "1",
          "\"+1000000000-01-01T00:00:00Z\"",
          "\"-999999999-12-31T23:59:59.999999999Z\"",
          "\"+292278994-08-17T07:12:55.808Z\"",
          "\"2023-02-30T10:00:00Z\"",
          "\"June 31, 2023 2:20pm\"",
          "\"2024-7-12 @25h 61m 99s 123ms\"",
          "\"Tue Nov 14 2023 22:13:20 GMT+9999\"",
          "\"14.11.2023 22:13\"",
          "1700000000.123",
          "\"\\ud800\"",
          "\"\\udc00\\ud800\"",
          "\"\\u0000\"",
          "\"\u2028\uFEFF\uFFFF\"",
          "\"\uD83D\uDE00\"",
          "\"NaN\"",
          "NaN",
          "\"\"",
          "\" \"",
          "true",
          "false",
          "null",
          "{}",
          "[]",
          "{\"type\":\"narrator\",\"type\":{},\"tool_invocations\":[[]]}",
          "{\"integrity\":\"\\ud800\",\"main_chat\":\"../../\\u0000\"}",
          "{\"integrity\":{},\"main_chat\":1e99999999999}",
          "[{\"send_date\":1700000000},{\"send_date\":[]},null,7,{\"send_date\":\"x\",\"a\":[{}]}]",
          "[".repeat(999) + "]".repeat(999),
          "[".repeat(5000) + "]".repeat(5000),
          "{\"a\":".repeat(1001) + "1" + "}".repeat(1001),
          "{\"" + "k".repeat(60_000) + "\":1}");

  /** The fields that are read, and some others. */
  static final List<String> FIELDS =
      List.of(
          "mes",
          "mes",
          "name",
          "is_user",
          "is_system",
          "send_date",
          "original_avatar",
          "swipe_id",
          "swipes",
          "swipe_info",
          "extra",
          "chat_metadata",
          "user_name",
          "gen_id",
          "__proto__",
          "",
          "\\u0000",
          "\\ud800",
          "名前");

  private HostileLines() {}
}

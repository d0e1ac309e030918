package dev.tavernmem0.embedded.memory;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tavernmem0.common.json.Json;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The right memory comes first among others of the same chat, in English and in Chinese. */
class RetrievalQualityIT {
  private static final List<String> MEMORIES =
      List.of(
          "Alex: My sister Lena lives in Prague and works as a nurse.",
          "Alex: I'm allergic to peanuts, even a trace is dangerous.",
          "Seraphina: I promised to meet you at the old lighthouse on the first day of spring.",
          "Seraphina: The scar on my left hand is from the wolf in the northern woods.",
          "Alex: I left my father's sword with the blacksmith in Riverton.",
          "Seraphina: My favourite tea is jasmine with a spoon of honey.",
          "Alex: We owe the innkeeper forty silver coins.",
          "Seraphina: Thunderstorms frighten me since the night the tower burned.",
          "Alex: My cat is called Miso and she hates baths.",
          "Seraphina: Let us walk a little and enjoy the evening.",
          "小雨：我妹妹住在成都，是一名小学老师。",
          "小雨：我对花生过敏，一点都不能吃。",
          "林夕：我答应过你，春天的第一天在老灯塔见面。",
          "林夕：我左手上的伤疤是被北方森林里的狼咬的。",
          "小雨：我把父亲的剑留在河湾镇的铁匠那里了。",
          "林夕：我最喜欢喝加一勺蜂蜜的茉莉花茶。",
          "小雨：我们还欠客栈老板四十个银币。",
          "林夕：自从塔楼着火的那个晚上起，我就害怕打雷。",
          "小雨：我的猫叫豆包，它讨厌洗澡。",
          "林夕：我们散散步，享受这个夜晚吧。");

  @TempDir static Path data;
  private static EmbeddedServer server;

  @BeforeAll
  static void storeMemories() {
    server = EmbeddedServer.start(data.resolve("memory"));
    var body = Json.MAPPER.createObjectNode().put("user_id", "u");
    var messages = body.putArray("messages");
    MEMORIES.forEach(text -> messages.addObject().put("role", "user").put("content", text));
    assertThat(server.http().post("/memories", body.toString()).results().size())
        .isEqualTo(MEMORIES.size());
  }

  @AfterAll
  static void stop() {
    server.close();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "What food must Alex avoid?                    | peanuts",
        "Where does Alex's sister live?                | Prague",
        "Where did we agree to meet?                   | lighthouse",
        "How did you get that scar?                    | wolf",
        "Where is my father's sword?                   | blacksmith",
        "What do you like to drink?                    | jasmine",
        "How much money do we owe?                     | forty silver",
        "What are you afraid of?                       | Thunderstorms",
        "What is the name of my cat?                   | Miso",
        "我妹妹住在哪里？                              | 成都",
        "我不能吃什么？                                | 花生",
        "我们约好在哪里见面？                          | 灯塔",
        "你手上的疤是怎么来的？                        | 狼",
        "我父亲的剑在哪里？                            | 铁匠",
        "你喜欢喝什么？                                | 茉莉",
        "我们欠了多少钱？                              | 银币",
        "你害怕什么？                                  | 打雷",
        "我的猫叫什么名字？                            | 豆包",
      })
  void the_answer_comes_first(String question, String wordOfTheAnswer) {
    var body = Json.MAPPER.createObjectNode().put("query", question).put("explain", true);
    body.putObject("filters").put("user_id", "u");

    var hits = server.http().post("/search", body.toString()).results();

    assertThat(hits.get(0).path("memory").asString())
        .as("first of %s", hits)
        .contains(wordOfTheAnswer);
  }
}

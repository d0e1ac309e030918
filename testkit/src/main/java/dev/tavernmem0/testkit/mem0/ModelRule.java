package dev.tavernmem0.testkit.mem0;

import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * How the model behind a {@link Mem0Rig} answers some of its calls; what a rule does not say stays
 * as usual, which is that every statement is a fact and nothing is merged. Immutable.
 *
 * @param fields those of {@code Rule} in {@code docker/mem0/tests/programmed_model.py}
 */
public record ModelRule(Map<String, Object> fields) {
  static final List<String> EXTRACTION = List.of("facts", "memories");

  public ModelRule {
    fields = Map.copyOf(fields);
  }

  /** What is worth remembering in messages. */
  public static ModelRule onExtraction() {
    return of(EXTRACTION);
  }

  /** What is to be done about facts that 1.x has extracted. */
  public static ModelRule onActions() {
    return of(List.of("actions"));
  }

  /** What 1.x wants to know for its graph, while it stores the memories. */
  public static ModelRule onGraph() {
    return of(List.of("graph"));
  }

  /** Everything that a language model is asked. */
  public static ModelRule onChat() {
    return of(List.of("facts", "memories", "actions", "graph"));
  }

  public static ModelRule onEmbedding() {
    return of(List.of("embedding"));
  }

  private static ModelRule of(List<String> kinds) {
    return new ModelRule(Map.of("kinds", kinds));
  }

  /** Only calls that are about this text. */
  public ModelRule containing(String text) {
    return with("containing", text);
  }

  /** Only calls about more than so many characters. */
  public ModelRule longerThan(int characters) {
    return with("longer_than", characters);
  }

  /** Only so many calls. */
  public ModelRule times(int calls) {
    return with("times", calls);
  }

  /** The answer comes so late, or when the model is released. */
  public ModelRule answersAfter(Duration time) {
    return with("wait", time.toMillis() / 1000.0);
  }

  public ModelRule answers(int status) {
    return with("status", status);
  }

  public ModelRule says(String text) {
    return with("say", text);
  }

  /** The usual answer ends in its middle. */
  public ModelRule isCutOff() {
    return with("cut", true);
  }

  /**
   * Facts are merged into a memory that they bear upon, if mem0 shows it.
   *
   * @param fact text in the fact
   * @param memory text in the memory
   * @param event {@code UPDATE}, {@code DELETE} or {@code NONE}
   */
  public static ModelRule merging(String fact, String memory, String event) {
    return onActions()
        .with("merges", List.of(Map.of("fact", fact, "memory", memory, "event", event)));
  }

  private ModelRule with(String field, Object value) {
    Map<String, Object> more = new LinkedHashMap<>(fields);
    more.put(field, value);
    return new ModelRule(more);
  }
}

package dev.tavernmem0.retriever.search;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import dev.tavernmem0.common.identity.Scope;
import dev.tavernmem0.common.mem0.ApiVersion;
import dev.tavernmem0.common.mem0.Mem0Client;
import dev.tavernmem0.common.mem0.Mem0ClientOptions;
import dev.tavernmem0.common.mem0.Memory;
import dev.tavernmem0.retriever.curation.ForgottenMemories;
import dev.tavernmem0.retriever.guard.Deadline;
import dev.tavernmem0.retriever.guard.Guard;
import dev.tavernmem0.retriever.guard.GuardOptions;
import dev.tavernmem0.testkit.mem0.Calls;
import dev.tavernmem0.testkit.mem0.Fault;
import dev.tavernmem0.testkit.mem0.FaultyMem0Server;
import dev.tavernmem0.testkit.mem0.Generation;
import dev.tavernmem0.testkit.mem0.StoredMemory;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.slf4j.LoggerFactory;

/** A search finds what mem0 says is the asker's own, and nothing else. */
class OwnMemoriesTest {
  private static final Scope ALICE = new Scope("alice", "Seraphina");

  private final SimpleMeterRegistry meters = new SimpleMeterRegistry();
  private final OwnMemories own = new OwnMemories(meters);
  private final ListAppender<ILoggingEvent> log = new ListAppender<>();

  @BeforeEach
  void listen() {
    log.start();
    logger().addAppender(log);
  }

  @AfterEach
  void stopListening() {
    logger().detachAppender(log);
  }

  private static Logger logger() {
    return (Logger) LoggerFactory.getLogger(OwnMemories.class);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          # what mem0 says of the memory               | found | reason
          "user_id":"alice","agent_id":"Seraphina"     | true  |
          "user_id":"bob","agent_id":"Seraphina"       | false | other
          "user_id":"alice","agent_id":"Carol"         | false | other
          "user_id":"Alice","agent_id":"Seraphina"     | false | other
          "user_id":"bob"                              | false | unstated
          "user_id":"alice"                            | false | unstated
          "agent_id":"Seraphina"                       | false | unstated
          "run_id":"alice"                             | false | unstated
          "user_id":null,"agent_id":null               | false | unstated
          "user_id":"","agent_id":""                   | false | other
          "user_id":["alice"],"agent_id":"Seraphina"   | false | unstated
          "metadata":{"user_id":"alice","agent_id":"Seraphina"} | false | unstated
          """)
  void a_result_is_found_if_it_says_that_it_is_the_askers(
      String ids, boolean found, @Nullable String reason) {
    try (FaultyMem0Server mem0 = FaultyMem0Server.start()) {
      mem0.on(Calls.search())
          .always(
              Fault.respond(
                  200,
                  "{\"results\":[{\"id\":\"m1\",\"memory\":\"a secret\",\"score\":0.9,"
                      + ids
                      + "}]}"));

      assertThat(search(mem0, ApiVersion.V2)).hasSize(found ? 1 : 0);
    }

    assertThat(counted("other")).isEqualTo("other".equals(reason) ? 1 : 0);
    assertThat(counted("unstated")).isEqualTo("unstated".equals(reason) ? 1 : 0);
  }

  /** Both generations state the ids beside the text; 1.x with a graph answers relations, too. */
  @ParameterizedTest
  @EnumSource(Generation.class)
  void what_both_generations_of_mem0_return_of_the_asker_is_found(Generation generation) {
    ApiVersion version = generation == Generation.V1 ? ApiVersion.V1 : ApiVersion.V2;
    try (FaultyMem0Server mem0 = FaultyMem0Server.builder().generation(generation).start()) {
      mem0.put(
          StoredMemory.of("m1", "lives in Prague", "alice", "Seraphina", Map.of("batch_id", "b")));
      mem0.put(StoredMemory.of("m2", "lives in Prague", "bob", "Seraphina", Map.of()));

      assertThat(search(mem0, version)).extracting(Memory::id).containsExactly("m1");
    }

    assertThat(counted("other") + counted("unstated")).isZero();
    assertThat(log.list).isEmpty();
  }

  @Test
  void relations_of_the_graph_are_no_results() {
    try (FaultyMem0Server mem0 = FaultyMem0Server.builder().generation(Generation.V1).start()) {
      mem0.on(Calls.search())
          .always(
              Fault.respond(
                  200,
                  """
                  {"results":[{"id":"m1","memory":"lives in Prague","score":0.1,"hash":"h",
                    "user_id":"alice","agent_id":"Seraphina","actor_id":null,"role":"user",
                    "created_at":"2025-11-01T00:00:00-08:00","updated_at":null}],
                   "relations":[{"source":"alex","relationship":"lives_in","destination":"prague"}]}
                  """));

      assertThat(search(mem0, ApiVersion.V1)).extracting(Memory::id).containsExactly("m1");
    }
  }

  @Test
  void of_all_that_is_left_out_the_first_is_told_and_no_text_is() {
    List<Memory> found =
        List.of(memory("m1", "bob"), memory("m2", null), memory("m3", "bob"), memory("m4", null));

    assertThat(own.of("alice", "Seraphina", found)).isEmpty();
    assertThat(own.of("alice", "Seraphina", found)).isEmpty();

    assertThat(counted("other")).isEqualTo(4);
    assertThat(counted("unstated")).isEqualTo(4);
    assertThat(log.list)
        .extracting(ILoggingEvent::getLevel)
        .containsExactly(Level.WARN, Level.WARN);
    assertThat(log.list)
        .extracting(ILoggingEvent::getFormattedMessage)
        .allSatisfy(message -> assertThat(message).doesNotContain("secret").doesNotContain("bob"))
        .anySatisfy(message -> assertThat(message).contains("m1"))
        .anySatisfy(message -> assertThat(message).contains("m2"));
  }

  @Test
  void without_acharacter_all_of_the_users_are_own() {
    Memory unknown = new Memory("m5", "x", null, null, "alice", null, Map.of(), null, null);

    assertThat(own.of("alice", null, List.of(memory("m1", "alice"), unknown, memory("m2", "bob"))))
        .extracting(Memory::id)
        .containsExactly("m1", "m5");
  }

  private static Memory memory(String id, @Nullable String user) {
    return new Memory(id, "a secret", 0.9, 0.9, user, "Seraphina", Map.of(), null, null);
  }

  private double counted(String reason) {
    return meters.get("tavern.retriever.foreign").tag("reason", reason).counter().count();
  }

  private List<Memory> search(FaultyMem0Server mem0, ApiVersion version) {
    Duration ample = Duration.ofSeconds(30);
    var options = new Mem0ClientOptions(mem0.url(), null, version, ample, ample, 2);
    try (Mem0Client client = new Mem0Client(options);
        Guard guard =
            new Guard("mem0", new GuardOptions(1, 1, 10, 10, 50, ample), failure -> false)) {
      var search =
          new MemorySearch(
              client,
              guard,
              new ScopeGenerations(),
              own,
              new ForgottenMemories(),
              new SearchOptions(0.2, ample, Duration.ZERO, 0),
              meters);
      return search
          .search(List.of(ALICE), "Who lives in Prague?", 5, 0, Deadline.after(ample))
          .memories();
    }
  }
}

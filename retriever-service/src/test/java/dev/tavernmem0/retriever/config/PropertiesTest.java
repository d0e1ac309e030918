package dev.tavernmem0.retriever.config;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tavernmem0.service.access.AccessProperties;
import dev.tavernmem0.service.mem0.Mem0ConnectionProperties;
import java.net.URI;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.boot.context.properties.source.ConfigurationPropertySources;
import org.springframework.core.env.StandardEnvironment;
import org.springframework.core.env.SystemEnvironmentPropertySource;

class PropertiesTest {
  @Test
  void everything_has_adefault() {
    Mem0SearchProperties mem0 = bind(Map.of(), "mem0", Mem0SearchProperties.class);
    RetrieverProperties retriever = bind(Map.of(), "tavern.retriever", RetrieverProperties.class);

    Mem0ConnectionProperties connection = bind(Map.of(), "mem0", Mem0ConnectionProperties.class);
    assertThat(connection.enabled()).isTrue();
    assertThat(connection.baseUrl()).isEqualTo(URI.create("http://localhost:8001"));
    assertThat(mem0.timeoutMs()).isEqualTo(1200);
    assertThat(mem0.queryEnhancement().rewriteEnabled()).isFalse();
    assertThat(mem0.queryEnhancement().hasRewriteModel()).isFalse();
    assertThat(retriever.limit()).isEqualTo(5);
    assertThat(retriever.stages().recentContext().retries()).isEqualTo(1);
    assertThat(retriever.ledger().enabled()).isTrue();
  }

  @Test
  void environment_variables_reach_every_level() {
    Map<String, Object> environment =
        Map.of(
            "MEM0_BASE_URL", "http://mem0:8000",
            "MEM0_API_KEY", "secret",
            "MEM0_API_VERSION", "v1",
            "MEM0_TIMEOUT_MS", "900",
            "MEM0_QUERY_ENHANCEMENT_REWRITE_BASE_URL", "http://llm:1234/v1",
            "MEM0_QUERY_ENHANCEMENT_CONTEXT_MESSAGES", "3",
            "TAVERN_ACCESS_API_KEY", "another",
            "TAVERN_ACCESS_ORIGINS", "http://a,http://b",
            "TAVERN_RETRIEVER_STAGES_LAST_MESSAGE_TIMEOUT", "700ms",
            "TAVERN_RETRIEVER_CIRCUIT_OPEN_FOR", "3s");
    Mem0SearchProperties mem0 = bind(environment, "mem0", Mem0SearchProperties.class);
    RetrieverProperties retriever =
        bind(environment, "tavern.retriever", RetrieverProperties.class);

    Mem0ConnectionProperties connection = bind(environment, "mem0", Mem0ConnectionProperties.class);
    assertThat(connection.baseUrl()).isEqualTo(URI.create("http://mem0:8000"));
    assertThat(connection.apiKey()).isEqualTo("secret");
    assertThat(connection.apiVersion().name()).isEqualTo("V1");
    assertThat(mem0.timeoutMs()).isEqualTo(900);
    assertThat(mem0.queryEnhancement().hasRewriteModel()).isTrue();
    assertThat(mem0.queryEnhancement().contextMessages()).isEqualTo(3);
    AccessProperties access = bind(environment, "tavern.access", AccessProperties.class);
    assertThat(access.apiKey()).isEqualTo("another");
    assertThat(access.origins()).containsExactly("http://a", "http://b");
    assertThat(retriever.stages().lastMessage().timeout()).isEqualTo(Duration.ofMillis(700));
    assertThat(retriever.circuit().openFor()).isEqualTo(Duration.ofSeconds(3));
  }

  @Test
  void secrets_are_not_in_their_text() {
    Map<String, Object> environment =
        Map.of("MEM0_API_KEY", "s3cret", "TAVERN_ACCESS_API_KEY", "s3cret");

    assertThat(bind(environment, "mem0", Mem0ConnectionProperties.class).toString())
        .doesNotContain("s3cret");
    assertThat(bind(environment, "tavern.access", AccessProperties.class).toString())
        .doesNotContain("s3cret");
  }

  private static <T> T bind(Map<String, Object> environment, String prefix, Class<T> type) {
    StandardEnvironment spring = new StandardEnvironment();
    spring.getPropertySources().forEach(s -> spring.getPropertySources().remove(s.getName()));
    spring
        .getPropertySources()
        .addFirst(
            new SystemEnvironmentPropertySource(
                StandardEnvironment.SYSTEM_ENVIRONMENT_PROPERTY_SOURCE_NAME, environment));
    ConfigurationPropertySources.attach(spring);
    return Binder.get(spring).bindOrCreate(prefix, type);
  }
}

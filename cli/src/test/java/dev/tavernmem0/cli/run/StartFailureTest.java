package dev.tavernmem0.cli.run;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchRuntimeException;

import dev.tavernmem0.cli.UserErrorException;
import dev.tavernmem0.embedded.memory.embedding.EmbeddingException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.boot.context.properties.source.MapConfigurationPropertySource;

class StartFailureTest {
  record Settings(Duration linger) {}

  @Test
  void a_wrong_setting_is_named_with_its_value() {
    Binder binder = new Binder(new MapConfigurationPropertySource(Map.of("tavern.linger", "soon")));
    RuntimeException failure = catchRuntimeException(() -> binder.bind("tavern", Settings.class));

    assertThat(StartFailure.explained(new IllegalStateException("no context", failure)))
        .isInstanceOf(UserErrorException.class)
        .hasMessageStartingWith("wrong setting: tavern.linger=soon: ");
  }

  @Test
  void a_file_that_cannot_be_used_is_named_with_the_reason() {
    RuntimeException failure =
        new UncheckedIOException("cannot copy to /somewhere", new IOException("no space left"));

    assertThat(StartFailure.explained(failure))
        .isInstanceOf(UserErrorException.class)
        .hasMessage("cannot copy to /somewhere: no space left");
  }

  @Test
  void models_that_cannot_be_loaded_are_named_with_the_reason() {
    RuntimeException failure =
        new EmbeddingException("no models", new UnsatisfiedLinkError("no library for this CPU"));

    assertThat(StartFailure.explained(failure))
        .isInstanceOf(UserErrorException.class)
        .hasMessage("no models: no library for this CPU");
  }

  @Test
  void what_the_user_cannot_mend_stays_as_it_is() {
    RuntimeException failure = new IllegalStateException("a defect");

    assertThat(StartFailure.explained(failure)).isSameAs(failure);
  }
}

package dev.tavernmem0.cli.run;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class PortLanguageTest {
  @ParameterizedTest
  @CsvSource({
    "HTTP/1.1 400 Bad Request, HTTP",
    "SSH-2.0-OpenSSH_9.2, TEXT",
    "-ERR unknown command, TEXT",
    "no, UNKNOWN",
    "'', UNKNOWN"
  })
  void the_first_words_tell_it(String answer, PortLanguage language) throws IOException {
    assertThat(of(answer.getBytes(StandardCharsets.UTF_8))).isEqualTo(language);
  }

  @Test
  void a_tls_alert_tells_it() throws IOException {
    assertThat(of(new byte[] {0x15, 3, 3, 0, 2, 2, 10})).isEqualTo(PortLanguage.TLS);
  }

  @Test
  void an_answer_of_kafkas_proves_nothing() throws IOException {
    assertThat(of(new byte[] {0, 0, 1, 0x21, 0, 0, 0, 1})).isEqualTo(PortLanguage.UNKNOWN);
  }

  @Test
  void nobody_proves_nothing() {
    assertThat(PortLanguage.at("127.0.0.1", 1)).isEqualTo(PortLanguage.UNKNOWN);
  }

  private static PortLanguage of(byte[] answer) throws IOException {
    try (AnsweringPort port = AnsweringPort.with(answer)) {
      return PortLanguage.at("127.0.0.1", port.number());
    }
  }
}

package dev.tavernmem0.cli.run;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tavernmem0.cli.UserErrorException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;

/** What is worth waiting for in place of Kafka, and what is not. */
class ExternalKafkaTest {
  private static final byte[] HTTP =
      "HTTP/1.1 400 Bad Request\r\n\r\n".getBytes(StandardCharsets.US_ASCII);
  private static final byte[] TLS_ALERT = {0x15, 3, 3, 0, 2, 2, 10};

  @Test
  void a_name_that_nobody_knows_yet_may_come_to_be_known() {
    Look look = new ExternalKafka("kafka.invalid:9092").look();

    assertThat(look).isInstanceOf(Look.NotYet.class);
    assertThat(look.toString()).contains("kafka.invalid", "start it, or check --kafka");
  }

  @Test
  void a_web_server_beside_a_broker_that_is_away_is_waited_with() throws IOException {
    try (AnsweringPort web = AnsweringPort.with(HTTP)) {
      Look look = new ExternalKafka("127.0.0.1:1, 127.0.0.1:" + web.number()).look();

      assertThat(look).isInstanceOf(Look.NotYet.class);
      assertThat(look.toString()).contains("no broker answers", "start it, or check --kafka");
    }
  }

  @Test
  void a_broker_that_speaks_tls_wants_settings() throws IOException {
    try (AnsweringPort tls = AnsweringPort.with(TLS_ALERT)) {
      assertThatThrownBy(() -> new ExternalKafka("127.0.0.1:" + tls.number()).look())
          .isInstanceOf(UserErrorException.class)
          .hasMessageContainingAll("" + tls.number(), "TLS", "SPRING_KAFKA_SECURITY_PROTOCOL");
    }
  }
}

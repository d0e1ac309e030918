package dev.tavernmem0.cli.doctor;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tavernmem0.cli.operate.Endpoint;
import dev.tavernmem0.cli.operate.Messages;
import dev.tavernmem0.cli.operate.Part;
import dev.tavernmem0.cli.operate.ServiceClient;
import dev.tavernmem0.cli.operate.ServiceStub;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.time.Clock;
import java.time.Duration;
import java.util.Locale;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Services whose clocks go right, asked by a machine whose clock may not. */
class ClockCheckTest {
  private static final Messages MESSAGES = Messages.in(Locale.ENGLISH);

  private StubbedServices services;

  @BeforeEach
  void start() throws IOException {
    services = new StubbedServices();
  }

  @AfterEach
  void stop() {
    services.close();
  }

  private static ServiceLook look(Part part, ServiceStub service, int oursAheadSeconds) {
    Endpoint endpoint = new Endpoint(part, URI.create(service.url()), null, null);
    Clock ours = Clock.offset(Clock.systemUTC(), Duration.ofSeconds(oursAheadSeconds));
    return ServiceLook.at(
        new ServiceClient(HttpClient.newHttpClient(), endpoint, Duration.ofSeconds(5), MESSAGES),
        ours);
  }

  private Finding found(int watcher, int writer, int retriever) {
    Looks looks =
        new Looks(
            look(Part.WATCHER, services.watcher, watcher),
            look(Part.WRITER, services.writer, writer),
            look(Part.RETRIEVER, services.retriever, retriever));
    return new ClockCheck(looks, MESSAGES).findings().get(0);
  }

  @Test
  void without_an_answer_there_is_nothing_to_compare() {
    stop();

    assertThat(found(0, 0, 0).result()).isEqualTo(Result.NOT_CHECKED);
  }

  @ParameterizedTest
  @CsvSource({"3600, behind", "-3600, ahead"})
  void the_clock_that_is_farthest_away_is_told(int oursAhead, String how) {
    Finding finding = found(0, oursAhead, 20);

    assertThat(finding.result()).isEqualTo(Result.WARNING);
    assertThat(finding.text()).containsPattern("clock of the writer is (3599|3600) s " + how);
    assertThat(finding.mend()).contains("timedatectl set-ntp true");
  }

  @Test
  void a_few_seconds_are_no_finding() {
    assertThat(found(2, 0, -2).result()).isEqualTo(Result.OK);
  }
}

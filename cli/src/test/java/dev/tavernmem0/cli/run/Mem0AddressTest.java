package dev.tavernmem0.cli.run;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.URI;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class Mem0AddressTest {
  @ParameterizedTest
  @CsvSource({
    "http://localhost:8001, http://localhost:8001",
    "http://localhost:8001, http://127.0.0.1:8001/",
    "http://127.0.0.1:8001, http://[::1]:8001",
    "http://Mem0.Example, HTTP://mem0.example:80//",
    "https://mem0.example/api, https://mem0.example:443/api/"
  })
  void one_mem0_however_its_address_is_written(URI one, URI other) {
    assertThat(Mem0Address.isSame(one, other)).isTrue();
  }

  @ParameterizedTest
  @CsvSource({
    "http://localhost:8001, http://localhost:8011",
    "http://localhost:8001, http://mem0.example:8001",
    "http://mem0.example/one, http://mem0.example/two",
    "http://mem0.example, https://mem0.example"
  })
  void two_of_them(URI one, URI other) {
    assertThat(Mem0Address.isSame(one, other)).isFalse();
  }
}

package dev.tavernmem0.common.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.SocketTimeoutException;
import java.time.Duration;
import org.junit.jupiter.api.Test;

class BoundedBodyTest {
  private static final Duration LONG = Duration.ofMinutes(1);

  @Test
  void a_body_as_long_as_it_may_be_is_read_whole() throws IOException {
    byte[] body = new byte[100_000];
    body[99_999] = 7;

    assertThat(BoundedBody.read(new ByteArrayInputStream(body), body.length, LONG)).isEqualTo(body);
  }

  @Test
  void a_body_one_byte_longer_is_refused() {
    InputStream body = new ByteArrayInputStream(new byte[100_001]);

    assertThatThrownBy(() -> BoundedBody.read(body, 100_000, LONG))
        .isInstanceOf(BoundedBody.TooLongException.class)
        .hasMessage("more than 100000 bytes");
  }

  @Test
  void a_body_that_never_ends_is_given_up_though_bytes_keep_arriving() {
    assertThatThrownBy(() -> BoundedBody.read(dripping(), Integer.MAX_VALUE, Duration.ofMillis(20)))
        .isInstanceOf(SocketTimeoutException.class);
  }

  private static InputStream dripping() {
    return new InputStream() {
      @Override
      public int read() {
        return 'x';
      }

      @Override
      public int read(byte[] to, int offset, int length) {
        to[offset] = 'x';
        return 1;
      }
    };
  }
}

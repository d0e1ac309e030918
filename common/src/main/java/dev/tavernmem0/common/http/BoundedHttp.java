package dev.tavernmem0.common.http;

import java.io.IOException;
import java.net.SocketTimeoutException;
import java.time.Duration;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.apache.hc.client5.http.classic.ExecChain;
import org.apache.hc.client5.http.classic.ExecChainHandler;
import org.apache.hc.client5.http.config.ConnectionConfig;
import org.apache.hc.client5.http.config.RequestConfig;
import org.apache.hc.client5.http.impl.classic.CloseableHttpClient;
import org.apache.hc.client5.http.impl.classic.HttpClients;
import org.apache.hc.client5.http.impl.io.PoolingHttpClientConnectionManagerBuilder;
import org.apache.hc.core5.concurrent.Cancellable;
import org.apache.hc.core5.http.ClassicHttpRequest;
import org.apache.hc.core5.http.ClassicHttpResponse;
import org.apache.hc.core5.http.HttpException;
import org.apache.hc.core5.util.TimeValue;
import org.apache.hc.core5.util.Timeout;

/**
 * Clients of servers that may be broken: HTTP/1.1, with nothing that the caller does not see (no
 * retries, redirects, cookies or compression), and an end to what comes before an answer's body.
 * The body's is {@link BoundedBody}'s.
 */
public final class BoundedHttp {
  /** uvicorn closes an idle connection after 5 s; ours must go first. */
  private static final TimeValue KEEP_ALIVE = TimeValue.ofSeconds(4);

  private static final TimeValue VALIDATE_AFTER = TimeValue.ofMilliseconds(500);

  private static final ScheduledThreadPoolExecutor CLOCK = clock();

  private BoundedHttp() {}

  /**
   * A client.
   *
   * @param connect longest wait for one TCP connection, and for a free one in the pool
   * @param answer longest wait for an answer's head once connected, and longest silence in its body
   * @param connections most of them at the same time
   */
  public static CloseableHttpClient client(Duration connect, Duration answer, int connections) {
    Timeout connectTimeout = Timeout.of(connect);
    Timeout answerTimeout = Timeout.of(answer);
    return HttpClients.custom()
        .setConnectionManager(
            PoolingHttpClientConnectionManagerBuilder.create()
                .setMaxConnTotal(connections)
                .setMaxConnPerRoute(connections)
                .setDefaultConnectionConfig(
                    ConnectionConfig.custom()
                        .setConnectTimeout(connectTimeout)
                        .setSocketTimeout(answerTimeout)
                        .setValidateAfterInactivity(VALIDATE_AFTER)
                        .build())
                .build())
        .setDefaultRequestConfig(
            RequestConfig.custom()
                .setConnectionRequestTimeout(connectTimeout)
                .setResponseTimeout(answerTimeout)
                .setProtocolUpgradeEnabled(false)
                .build())
        .addExecInterceptorFirst(
            "head-in-time", new HeadInTime(connect.multipliedBy(2).plus(answer)))
        .setKeepAliveStrategy((response, context) -> KEEP_ALIVE)
        .evictIdleConnections(KEEP_ALIVE)
        .disableAutomaticRetries()
        .disableRedirectHandling()
        .disableCookieManagement()
        .disableContentCompression()
        .disableAuthCaching()
        .build();
  }

  private static ScheduledThreadPoolExecutor clock() {
    ScheduledThreadPoolExecutor clock =
        new ScheduledThreadPoolExecutor(
            1,
            task -> {
              Thread thread = new Thread(task, "http-deadlines");
              thread.setDaemon(true);
              return thread;
            });
    clock.setRemoveOnCancelPolicy(true);
    return clock;
  }

  /**
   * Gives up on a head that does not end: a socket's own time limit is for one read, and a byte
   * every second is enough to satisfy it for ever.
   */
  private record HeadInTime(Duration limit) implements ExecChainHandler {
    @Override
    public ClassicHttpResponse execute(
        ClassicHttpRequest request, ExecChain.Scope scope, ExecChain chain)
        throws IOException, HttpException {
      if (!(scope.originalRequest instanceof Cancellable call)) {
        return chain.proceed(request, scope);
      }
      AtomicBoolean late = new AtomicBoolean();
      ScheduledFuture<?> end =
          CLOCK.schedule(
              () -> {
                late.set(true);
                call.cancel();
              },
              limit.toNanos(),
              TimeUnit.NANOSECONDS);
      try {
        return chain.proceed(request, scope);
      } catch (IOException | IllegalArgumentException | IllegalStateException e) {
        // The latter two: an answer that not even Apache's parser thought of; a closed client.
        if (late.get()) {
          SocketTimeoutException timeout = new SocketTimeoutException("the answer does not begin");
          timeout.initCause(e);
          throw timeout;
        }
        throw e instanceof IOException io ? io : new IOException(e.getMessage(), e);
      } finally {
        end.cancel(false);
      }
    }
  }
}

package dev.tavernmem0.testkit.mem0;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketAddress;
import java.net.URI;
import java.net.URISyntaxException;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.SSLSocket;
import org.apache.hc.core5.http.ClassicHttpRequest;
import org.apache.hc.core5.http.ClassicHttpResponse;
import org.apache.hc.core5.http.ConnectionClosedException;
import org.apache.hc.core5.http.ContentType;
import org.apache.hc.core5.http.ExceptionListener;
import org.apache.hc.core5.http.Header;
import org.apache.hc.core5.http.HttpConnection;
import org.apache.hc.core5.http.ProtocolException;
import org.apache.hc.core5.http.impl.bootstrap.HttpServer;
import org.apache.hc.core5.http.impl.bootstrap.ServerBootstrap;
import org.apache.hc.core5.http.impl.io.DefaultBHttpServerConnection;
import org.apache.hc.core5.http.impl.io.DefaultBHttpServerConnectionFactory;
import org.apache.hc.core5.http.io.HttpConnectionFactory;
import org.apache.hc.core5.http.io.SocketConfig;
import org.apache.hc.core5.http.io.entity.AbstractHttpEntity;
import org.apache.hc.core5.http.io.entity.ByteArrayEntity;
import org.apache.hc.core5.http.io.entity.EntityUtils;
import org.apache.hc.core5.http.protocol.HttpContext;
import org.apache.hc.core5.http.protocol.HttpCoreContext;
import org.apache.hc.core5.io.CloseMode;
import org.apache.hc.core5.net.URIBuilder;
import org.apache.hc.core5.util.Timeout;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.MissingNode;

/** The HTTP side: reads calls, logs them, and lets the rules decide how they end. */
final class Mem0Listener implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(Mem0Listener.class);

  /** uvicorn's: an idle connection is closed after this. */
  private static final Timeout KEEP_ALIVE = Timeout.ofSeconds(5);

  private final CallLog log;
  private final FaultRules rules;
  private final Mem0Api api;
  private final HttpServer server;
  private final Connections connections = new Connections();
  private final CountDownLatch closed = new CountDownLatch(1);

  Mem0Listener(int port, CallLog log, FaultRules rules, Mem0Api api) throws IOException {
    this.log = log;
    this.rules = rules;
    this.api = api;
    this.server =
        ServerBootstrap.bootstrap()
            .setListenerPort(port)
            .setLocalAddress(InetAddress.getLoopbackAddress())
            .setSocketConfig(
                SocketConfig.custom()
                    .setSoTimeout(KEEP_ALIVE)
                    .setSoReuseAddress(true)
                    .setTcpNoDelay(true)
                    .build())
            .setConnectionFactory(connections)
            .setExceptionListener(new QuietListener())
            .setRequestRouter((request, context) -> this::handle)
            .create();
    server.start();
  }

  int port() {
    return server.getLocalPort();
  }

  private void handle(ClassicHttpRequest request, ClassicHttpResponse response, HttpContext context)
      throws IOException {
    Mem0Call call = read(request);
    CallLog.Ticket ticket = log.add(call);
    try {
      carryOut(call, rules.take(call), response, context);
    } finally {
      log.finish(ticket);
    }
  }

  private void carryOut(
      Mem0Call call, Fault fault, ClassicHttpResponse response, HttpContext context)
      throws IOException {
    if (fault instanceof Fault.Delayed delayed) {
      sleep(delayed.delay().toMillis());
      carryOut(call, delayed.next(), response, context);
    } else if (fault instanceof Fault.Respond respond) {
      if (respond.when() == Fault.When.AFTER) {
        api.answer(call);
      }
      send(Answer.of(respond), response);
    } else if (fault instanceof Fault.Reset reset) {
      if (reset.when() == Fault.When.AFTER) {
        api.answer(call);
      }
      connections.of(context).close(CloseMode.IMMEDIATE);
      throw new ConnectionClosedException("reset on request");
    } else if (fault instanceof Fault.Silence silence) {
      if (silence.when() == Fault.When.AFTER) {
        api.answer(call);
      }
      sleep(Long.MAX_VALUE);
    } else if (fault instanceof Fault.Truncate) {
      Answer answer = api.answer(call);
      response.setCode(answer.status());
      response.setEntity(new Half(answer, connections.of(context)));
    } else if (fault instanceof Fault.PhantomIds) {
      send(api.phantom(call), response);
    } else {
      send(api.answer(call), response);
    }
  }

  private static void send(Answer answer, ClassicHttpResponse response) {
    response.setCode(answer.status());
    response.setEntity(new ByteArrayEntity(answer.body(), ContentType.parse(answer.contentType())));
  }

  private void sleep(long millis) throws IOException {
    try {
      if (closed.await(millis, TimeUnit.MILLISECONDS)) {
        throw new ConnectionClosedException("the server goes down");
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new ConnectionClosedException("interrupted", e);
    }
  }

  private static Mem0Call read(ClassicHttpRequest request) throws IOException {
    try {
      URI uri = request.getUri();
      Map<String, String> query = new HashMap<>();
      new URIBuilder(uri)
          .getQueryParams()
          .forEach(parameter -> query.put(parameter.getName(), parameter.getValue()));
      Map<String, String> headers = new HashMap<>();
      for (Header header : request.getHeaders()) {
        headers.put(header.getName().toLowerCase(Locale.ROOT), header.getValue());
      }
      String text =
          request.getEntity() == null
              ? ""
              : EntityUtils.toString(request.getEntity(), StandardCharsets.UTF_8);
      return new Mem0Call(
          request.getMethod().toUpperCase(Locale.ROOT),
          uri.getPath(),
          query,
          headers,
          text,
          parse(text),
          Instant.now(),
          null);
    } catch (URISyntaxException | ProtocolException e) {
      throw new IOException("unreadable request", e);
    }
  }

  private static JsonNode parse(String text) {
    try {
      return text.isEmpty() ? MissingNode.getInstance() : JsonMapper.shared().readTree(text);
    } catch (JacksonException e) {
      return MissingNode.getInstance();
    }
  }

  /** Ends all connections at once, also those that wait for an answer. */
  @Override
  public void close() {
    closed.countDown();
    SocketAddress address = new InetSocketAddress(server.getInetAddress(), server.getLocalPort());
    server.close(CloseMode.IMMEDIATE);
    awaitRefusal(address);
  }

  /** Closing the socket does not at once wake the thread that accepts on it. */
  private static void awaitRefusal(SocketAddress address) {
    for (int attempt = 0; attempt < 1000; attempt++) {
      try (Socket probe = new Socket()) {
        probe.connect(address, 100);
      } catch (IOException refused) {
        return;
      }
    }
    throw new IllegalStateException("still accepting connections on " + address);
  }

  /** Announces the whole body and sends half of it. */
  private static final class Half extends AbstractHttpEntity {
    private final Answer answer;
    private final HttpConnection connection;

    Half(Answer answer, HttpConnection connection) {
      super(ContentType.parse(answer.contentType()), null);
      this.answer = answer;
      this.connection = connection;
    }

    @Override
    public long getContentLength() {
      return answer.body().length;
    }

    @Override
    public void writeTo(OutputStream out) throws IOException {
      out.write(answer.body(), 0, answer.body().length / 2);
      out.flush();
      connection.close();
      throw new ConnectionClosedException("truncated on request");
    }

    @Override
    public InputStream getContent() {
      throw new UnsupportedOperationException("written, never read");
    }

    @Override
    public boolean isRepeatable() {
      return false;
    }

    @Override
    public boolean isStreaming() {
      return false;
    }

    @Override
    public void close() {}
  }

  /** Finds the connection that a request came in on. */
  private static final class Connections
      implements HttpConnectionFactory<DefaultBHttpServerConnection> {
    private final DefaultBHttpServerConnectionFactory factory =
        DefaultBHttpServerConnectionFactory.builder().build();
    private final Map<SocketAddress, DefaultBHttpServerConnection> open = new ConcurrentHashMap<>();

    @Override
    public DefaultBHttpServerConnection createConnection(Socket socket) throws IOException {
      open.values().removeIf(connection -> !connection.isOpen());
      DefaultBHttpServerConnection connection = factory.createConnection(socket);
      open.put(socket.getRemoteSocketAddress(), connection);
      return connection;
    }

    @Override
    public DefaultBHttpServerConnection createConnection(SSLSocket sslSocket, Socket socket)
        throws IOException {
      return factory.createConnection(sslSocket, socket);
    }

    HttpConnection of(HttpContext context) throws IOException {
      SocketAddress remote = HttpCoreContext.cast(context).getEndpointDetails().getRemoteAddress();
      HttpConnection connection = open.get(remote);
      if (connection == null) {
        throw new ConnectionClosedException("the client has gone");
      }
      return connection;
    }
  }

  /** Clients that give up are what these tests are about. */
  private static final class QuietListener implements ExceptionListener {
    @Override
    public void onError(Exception failure) {
      LOG.debug("listener failed", failure);
    }

    @Override
    public void onError(HttpConnection connection, Exception failure) {
      LOG.debug("connection failed: {}", failure.toString());
    }
  }
}

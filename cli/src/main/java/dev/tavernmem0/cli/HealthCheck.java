package dev.tavernmem0.cli;

import java.io.IOException;
import java.io.InputStream;
import java.net.HttpURLConnection;
import java.net.URI;
import java.nio.charset.StandardCharsets;

/**
 * The health check of the container images, which have no shell to run curl in: exits with 0 if the
 * URL given answers 200, with 1 otherwise, and prints the answer, which Docker keeps. Starts often,
 * so it uses nothing that takes long to load.
 */
public final class HealthCheck {
  private static final int TIMEOUT_MS = 5_000;
  private static final int MAX_ANSWER = 4_096;

  private HealthCheck() {}

  public static void main(String[] args) {
    System.exit(check(args[0]));
  }

  private static int check(String url) {
    try {
      HttpURLConnection connection = (HttpURLConnection) URI.create(url).toURL().openConnection();
      connection.setConnectTimeout(TIMEOUT_MS);
      connection.setReadTimeout(TIMEOUT_MS);
      int status = connection.getResponseCode();
      InputStream body = status < 400 ? connection.getInputStream() : connection.getErrorStream();
      if (body != null) {
        System.out.println(new String(body.readNBytes(MAX_ANSWER), StandardCharsets.UTF_8));
      }
      return status == 200 ? 0 : 1;
    } catch (IOException e) {
      System.out.println(url + ": " + e);
      return 1;
    }
  }
}

package dev.tavernmem0.cli.run;

import dev.tavernmem0.cli.UserErrorException;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Checks that ports are free before anything starts, so that nothing has to be undone. */
final class Ports {
  private final Map<String, Integer> byOption = new LinkedHashMap<>();

  Ports want(String option, int port) {
    byOption.put(option, port);
    return this;
  }

  /**
   * Checks them all.
   *
   * @throws UserErrorException naming every port that is taken and the option that moves it
   */
  void requireFree() {
    List<String> taken = new ArrayList<>();
    Map<Integer, String> seen = new LinkedHashMap<>();
    byOption.forEach(
        (option, port) -> {
          if (port < 1 || port > 65_535) {
            throw new UserErrorException(option + ": not a port between 1 and 65535: " + port);
          }
          String other = seen.putIfAbsent(port, option);
          if (other != null) {
            throw new UserErrorException(other + " and " + option + " are both " + port);
          }
          if (!isFree(port)) {
            taken.add(port + " (" + option + ")");
          }
        });
    if (!taken.isEmpty()) {
      throw new UserErrorException(
          "port "
              + String.join(", ", taken)
              + " is taken by another program; stop it or give other ports");
    }
  }

  private static boolean isFree(int port) {
    try (ServerSocket socket = new ServerSocket()) {
      socket.setReuseAddress(true);
      socket.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), port));
      return true;
    } catch (IOException e) {
      return false;
    }
  }
}

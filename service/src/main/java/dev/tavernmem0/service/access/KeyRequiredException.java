package dev.tavernmem0.service.access;

/** A service would be reachable from other machines, and ask nobody for a key. */
final class KeyRequiredException extends RuntimeException {
  private final String address;

  KeyRequiredException(String service, String address) {
    super(service + " would listen on " + address + " and let everybody in");
    this.address = address;
  }

  String address() {
    return address;
  }
}

package dev.tavernmem0.cli.operate;

import java.net.URI;
import org.jspecify.annotations.Nullable;

/**
 * Where a service is, and what it is shown.
 *
 * @param part the service
 * @param url of its root, without a slash at the end
 * @param urlFrom who says so; null if it is the default
 * @param key null if none is given
 */
public record Endpoint(Part part, URI url, @Nullable String urlFrom, @Nullable Setting key) {}

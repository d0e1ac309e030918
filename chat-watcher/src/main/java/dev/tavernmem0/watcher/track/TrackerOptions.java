package dev.tavernmem0.watcher.track;

import java.time.Duration;
import java.time.ZoneId;

/**
 * How chats are followed.
 *
 * @param name logical name of the watched SillyTavern
 * @param version of the connector
 * @param maxLineBytes longer lines are skipped and reported
 * @param includeRaw whether events carry the line as SillyTavern wrote it
 * @param zone of the browser, for old dates in local time
 * @param snapshot what happens to chats that are there at the first start
 * @param settleFile how long an incomplete file, a missing group or a suspected copy is given to
 *     become what it is going to be
 * @param renameWindow how long a vanished file is given to appear under another name
 * @param returnWindow how long turns that vanished keep their ids, should their lines come back
 */
public record TrackerOptions(
    String name,
    String version,
    int maxLineBytes,
    boolean includeRaw,
    ZoneId zone,
    SnapshotMode snapshot,
    Duration settleFile,
    Duration renameWindow,
    Duration returnWindow) {}

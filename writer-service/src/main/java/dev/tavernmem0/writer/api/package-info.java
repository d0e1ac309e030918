/** The writer over HTTP: status, fates and holds. */
@NullMarked
package dev.tavernmem0.writer.api;

import org.jspecify.annotations.NullMarked;

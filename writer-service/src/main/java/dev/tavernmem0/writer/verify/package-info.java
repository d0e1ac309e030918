/**
 * What the log says is compared with what the ledger says. Plain Java; the {@code consume} package
 * has the log read.
 */
@NullMarked
package dev.tavernmem0.writer.verify;

import org.jspecify.annotations.NullMarked;

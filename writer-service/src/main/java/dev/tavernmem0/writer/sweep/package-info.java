/**
 * The sweep: what the ledger says is compared with what mem0 holds, scope by scope, slowly. Plain
 * Java; the calls are made by the {@code mem0} package.
 */
@NullMarked
package dev.tavernmem0.writer.sweep;

import org.jspecify.annotations.NullMarked;

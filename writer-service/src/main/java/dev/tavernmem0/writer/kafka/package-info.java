/** The topics as the writer uses them: restoring and appending the ledger, re-reading turns. */
@NullMarked
package dev.tavernmem0.writer.kafka;

import org.jspecify.annotations.NullMarked;

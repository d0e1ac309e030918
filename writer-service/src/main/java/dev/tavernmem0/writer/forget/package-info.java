/** What a user wants forgotten: which turns that are, and what is left of them in the log. */
@NullMarked
package dev.tavernmem0.writer.forget;

import org.jspecify.annotations.NullMarked;

/** What one-command mode needs in place of containers. */
@NullMarked
package dev.tavernmem0.embedded;

import org.jspecify.annotations.NullMarked;

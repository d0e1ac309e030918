/** What a service tells of itself. */
@NullMarked
package dev.tavernmem0.service.info;

import org.jspecify.annotations.NullMarked;

/** What the clients of other servers share. */
@NullMarked
package dev.tavernmem0.common.http;

import org.jspecify.annotations.NullMarked;

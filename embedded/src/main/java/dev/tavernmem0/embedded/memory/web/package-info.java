/** mem0's REST interface. */
@NullMarked
package dev.tavernmem0.embedded.memory.web;

import org.jspecify.annotations.NullMarked;

/** The access rules of DESIGN §7 as a contract that every HTTP service is tested against. */
@NullMarked
package dev.tavernmem0.testkit.access;

import org.jspecify.annotations.NullMarked;

/** Test support shared by the modules. */
@NullMarked
package dev.tavernmem0.testkit;

import org.jspecify.annotations.NullMarked;

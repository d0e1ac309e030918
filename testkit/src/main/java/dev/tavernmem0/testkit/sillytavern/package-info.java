/**
 * SillyTavern 1.19 for tests: a simulator that leaves the same files behind, and the real program.
 */
@NullMarked
package dev.tavernmem0.testkit.sillytavern;

import org.jspecify.annotations.NullMarked;

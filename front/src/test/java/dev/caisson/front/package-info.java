@NullMarked
package dev.caisson.front;

import org.jspecify.annotations.NullMarked;

@NullMarked
package dev.caisson.front.jetty;

import org.jspecify.annotations.NullMarked;

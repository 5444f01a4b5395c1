@NullMarked
package dev.caisson.http;

import org.jspecify.annotations.NullMarked;
